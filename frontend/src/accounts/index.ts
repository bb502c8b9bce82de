// Accounts: the browser's part of a passkey. The server says what to ask for, the answer goes back in the form.

import "./passkey";

// The agenda: a board drawn by the server, on which one drags, types and books.

import "./positions.css";
import "./agenda.css";
import "./appointments.css";
import "./side.css";
import "./board";
import "./booking";
import "./live";
import "./now";
import "./panel";

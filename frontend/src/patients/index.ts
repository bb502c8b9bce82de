// Patients: widths of forms and search, the choice between two editors. No script of its own.

import "./patients.css";

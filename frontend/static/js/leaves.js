// Pages around the meeting: all that they need is the way out.
import { start } from "./leave.js";

start();

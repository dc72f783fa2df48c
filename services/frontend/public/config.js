// Where the services are. The web server replaces this file when it is told otherwise; see README.md, Settings.
globalThis.workoutTracker = { api: "", aiCoach: "" };

-- What the baselines read and write: the rows of the measured routine in a table without any of its guards.
CREATE TABLE plain_exercises (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL,
    sets integer NOT NULL,
    reps integer NOT NULL,
    weight double precision,
    workout_day text NOT NULL
);
CREATE TABLE plain_added (LIKE plain_exercises INCLUDING ALL);
CREATE TABLE plain_counter (total integer NOT NULL, version bigint NOT NULL);
CREATE TABLE plain_users (id integer PRIMARY KEY, username text NOT NULL UNIQUE, role text NOT NULL);
INSERT INTO plain_users VALUES (1, 'user', 'user');

-- Reports and slips that are still to be printed, or of which nobody said whether they came out. The
-- page is kept as it is printed: an X report is of its moment.
CREATE TABLE report_job (
    key TEXT PRIMARY KEY,
    state TEXT NOT NULL,
    at INTEGER NOT NULL,
    title TEXT NOT NULL,
    page TEXT NOT NULL
) STRICT;

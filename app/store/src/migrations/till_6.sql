-- The POS Opening Entries that this till's invoices went into, each with the closing that takes
-- some of them. `closing` is that closing as it is sent, fixed before the first attempt; `counted`
-- tells whether it carries what was counted at the end of the shift.
CREATE TABLE pos_opening (
    id INTEGER PRIMARY KEY,
    shift TEXT NOT NULL REFERENCES shift (key),
    ordinal INTEGER NOT NULL,
    pos_profile TEXT NOT NULL,
    company TEXT NOT NULL,
    erpnext_name TEXT NOT NULL UNIQUE,
    balances TEXT NOT NULL,
    made_at INTEGER NOT NULL,
    state TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'listed', 'closed', 'lost')),
    counted INTEGER NOT NULL DEFAULT 0,
    closing TEXT,
    closing_name TEXT,
    UNIQUE (shift, ordinal)
) STRICT;
CREATE INDEX pos_opening_by_state ON pos_opening (state, id);

-- Which closing takes a sale: one, ever. Without an opening it was closed in ERPNext by hand, or is
-- not there any more.
CREATE TABLE closed_sale (
    sale TEXT PRIMARY KEY REFERENCES sale (key),
    pos_opening INTEGER REFERENCES pos_opening (id)
) STRICT, WITHOUT ROWID;
CREATE INDEX closed_sale_by_opening ON closed_sale (pos_opening);

-- The openings of shifts that an earlier version sent.
INSERT INTO pos_opening (shift, ordinal, pos_profile, company, erpnext_name, balances, made_at)
SELECT shift.key, 1, shift.body ->> 'pos_profile', shift.body ->> 'company', outbox.erpnext_name,
    shift.body -> 'balance_details', outbox.delivered_at
FROM outbox JOIN shift ON shift.key = outbox.document
WHERE outbox.kind = 'shift' AND outbox.state = 'delivered' AND outbox.erpnext_name IS NOT NULL
ORDER BY shift.number;

CREATE TRIGGER pos_opening_stays BEFORE DELETE ON pos_opening
BEGIN SELECT RAISE(ABORT, 'what was opened in ERPNext is never forgotten'); END;
CREATE TRIGGER pos_opening_keeps
BEFORE UPDATE OF id, shift, ordinal, pos_profile, company, erpnext_name, balances ON pos_opening
BEGIN SELECT RAISE(ABORT, 'an opening in ERPNext stays what it is'); END;
CREATE TRIGGER closed_sale_keeps BEFORE UPDATE ON closed_sale
BEGIN SELECT RAISE(ABORT, 'a sale comes into one closing'); END;

-- What is due is found by the order it is sent in.
CREATE INDEX outbox_due ON outbox (attempts, id) WHERE state = 'waiting';
CREATE INDEX outbox_need_by_need ON outbox_need (needs);

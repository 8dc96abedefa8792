-- What card terminals were asked to do, before they heard of it, and what came of it. An open one
-- is asked for after a start; an approved one belongs to a sale once that is made.
CREATE TABLE card_payment (
    number INTEGER PRIMARY KEY,
    reference TEXT NOT NULL UNIQUE,
    shift TEXT NOT NULL REFERENCES shift (key),
    body TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'approved', 'not approved')),
    outcome TEXT,
    sale TEXT REFERENCES sale (key)
) STRICT;

CREATE UNIQUE INDEX card_payment_open ON card_payment (state) WHERE state = 'open';

CREATE TRIGGER card_payment_stays BEFORE DELETE ON card_payment
BEGIN SELECT RAISE(ABORT, 'a card payment is never deleted'); END;
CREATE TRIGGER card_payment_keeps
BEFORE UPDATE OF number, reference, shift, body ON card_payment
BEGIN SELECT RAISE(ABORT, 'what a terminal was asked to do is never changed'); END;
CREATE TRIGGER card_payment_ended BEFORE UPDATE OF state, outcome ON card_payment
WHEN old.state <> 'open'
BEGIN SELECT RAISE(ABORT, 'what became of a card payment is never changed'); END;
CREATE TRIGGER card_payment_booked BEFORE UPDATE OF sale ON card_payment
WHEN old.sale IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a card payment belongs to one sale'); END;

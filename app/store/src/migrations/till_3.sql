-- What sales mean for later ones. All of it can be made again from the sales themselves.

-- A history of many days is added up from few rows.
CREATE TABLE sold_day (
    posting_date TEXT NOT NULL,
    item_code TEXT NOT NULL,
    stock_qty REAL NOT NULL,
    amount REAL NOT NULL,
    PRIMARY KEY (posting_date, item_code)
) STRICT, WITHOUT ROWID;

-- Quantities are stored as text, which SQLite multiplies as the number it spells.
INSERT INTO sold_day
SELECT sale.posting_date, line.value ->> 'item_code',
    sum((line.value ->> 'qty') * (line.value ->> 'conversion_factor')),
    sum(coalesce(sale.body ->> ('$.totals.items[' || line.key || '].amount'), 0.0))
FROM sale, json_each(sale.body, '$.lines') AS line
GROUP BY 1, 2;

-- Before this version no line had a batch, serial numbers, a coupon or points, so these tables
-- begin empty.

-- What left a batch; `number` is the sale's.
CREATE TABLE sold_batch (
    batch_no TEXT NOT NULL,
    at INTEGER NOT NULL,
    number INTEGER NOT NULL REFERENCES sale (number),
    stock_qty REAL NOT NULL,
    PRIMARY KEY (batch_no, at, number)
) STRICT, WITHOUT ROWID;

-- Where a piece went: away, or back.
CREATE TABLE sold_serial_no (
    serial_no TEXT NOT NULL,
    number INTEGER NOT NULL REFERENCES sale (number),
    at INTEGER NOT NULL,
    came_back INTEGER NOT NULL,
    PRIMARY KEY (serial_no, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE sold_coupon (
    coupon_code TEXT NOT NULL,
    number INTEGER NOT NULL REFERENCES sale (number),
    PRIMARY KEY (coupon_code, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE redeemed_points (
    customer TEXT NOT NULL,
    number INTEGER NOT NULL REFERENCES sale (number),
    points INTEGER NOT NULL,
    PRIMARY KEY (customer, number)
) STRICT, WITHOUT ROWID;

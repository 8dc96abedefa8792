-- What was sold on a day is added up without reading the sales themselves.
CREATE INDEX sale_by_posting_date ON sale (posting_date, key);

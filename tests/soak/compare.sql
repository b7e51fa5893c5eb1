-- Holds the cloud's tables against one till's after kill rounds. Shares no code with either program: receipts are added
-- up anew here, and documents are read with SQLite's own JSON functions. "till" and "cloud" are attached; temp.taken
-- has each X that the till's log says the plugin took. A line a rule, "ok" or "FAIL" with how many break it.

CREATE TEMP TABLE me AS SELECT register_id FROM till.till;

CREATE TEMP TABLE paper AS
SELECT p.*, o.period_id, CAST(p.document AS TEXT) AS words
FROM till.closed_reports p JOIN till.periods o USING (series, z_number);
CREATE INDEX temp.paper_by_number ON paper(z_number);

CREATE TEMP TABLE sold AS
SELECT p.z_number, SUM(r.gross_minor) AS gross, SUM(r.net_minor) AS net, SUM(r.tax_minor) AS tax
FROM paper p JOIN till.receipts r USING (period_id) GROUP BY p.z_number;

CREATE TEMP TABLE sold_parts AS
SELECT p.z_number, 'department ' || l.department_id AS part, SUM(l.gross_minor) AS amount
FROM paper p JOIN till.receipts r USING (period_id) JOIN till.lines l USING (receipt_number) GROUP BY 1, 2
UNION ALL
SELECT p.z_number, 'tender ' || y.tender_id, SUM(y.in_minor - y.out_minor)
FROM paper p JOIN till.receipts r USING (period_id) JOIN till.payments y USING (receipt_number) GROUP BY 1, 2;
CREATE INDEX temp.sold_parts_by_number ON sold_parts(z_number, part);

CREATE TEMP TABLE held AS
SELECT r.*, CAST(r.document AS TEXT) AS words FROM cloud.reports r WHERE register_id IN (SELECT register_id FROM me);
CREATE INDEX temp.held_by_number ON held(kind, z_number, x_sequence);
CREATE TEMP VIEW counted AS SELECT * FROM held WHERE kind = 'Z' AND counted = 1;

CREATE TEMP TABLE counted_parts AS
SELECT c.z_number, 'department ' || d.department_id AS part, SUM(d.gross_minor) AS amount
FROM counted c JOIN cloud.report_departments d USING (report_no) GROUP BY 1, 2
UNION ALL
SELECT c.z_number, 'tender ' || y.payment_method_id, SUM(y.amount_minor)
FROM counted c JOIN cloud.report_payments y USING (report_no) GROUP BY 1, 2;
CREATE INDEX temp.counted_parts_by_number ON counted_parts(z_number, part);

-- What each X says beside what its period's receipts up to its last one add up to.
CREATE TEMP TABLE running AS
SELECT x.z_number, x.x_sequence, x.gross_minor, x.net_minor, x.tax_minor,
       json_extract(x.words, '$.totals.gross_turnover') AS told,
       (SELECT period_id FROM till.periods o WHERE o.z_number = x.z_number
        UNION ALL SELECT period_id FROM till.periods o WHERE o.z_number IS NULL
         AND x.z_number = (SELECT last_z_number + 1 FROM till.till) LIMIT 1) AS period_id,
       CAST(json_extract(x.words, '$.last_receipt_id') AS INTEGER) AS last_receipt
FROM held x WHERE x.kind = 'X';
CREATE TEMP TABLE running_sold AS
SELECT x.z_number, x.x_sequence, SUM(r.gross_minor) AS gross, SUM(r.net_minor) AS net, SUM(r.tax_minor) AS tax
FROM running x JOIN till.receipts r ON r.period_id = x.period_id AND r.receipt_number <= x.last_receipt
GROUP BY 1, 2;

CREATE TEMP TABLE outcomes AS
SELECT t.z_number, t.x_sequence,
       EXISTS (SELECT 1 FROM held h WHERE h.kind = 'X' AND h.z_number = t.z_number
               AND h.x_sequence = t.x_sequence) AS delivered,
       EXISTS (SELECT 1 FROM held h WHERE h.z_number = t.z_number
               AND (h.kind = 'Z' OR h.x_sequence > t.x_sequence)) AS superseded
FROM taken t;

CREATE TEMP TABLE verdicts(rule TEXT, found INTEGER);
INSERT INTO verdicts
VALUES
('something was closed, and something taken as X',
 (SELECT COUNT(*) = 0 FROM paper) + (SELECT COUNT(*) = 0 FROM taken)),
('every closed day was handed over', (SELECT COUNT(*) FROM paper WHERE handed_over <> 1)),
('Z numbers have no gap', (SELECT IFNULL(MAX(z_number), 0) - COUNT(*) FROM paper)),
('every closed day is counted exactly once, byte for byte',
 (SELECT COUNT(*) FROM paper p
  WHERE (SELECT COUNT(*) FROM counted c WHERE c.z_number = p.z_number AND c.words = p.words) <> 1)),
('nothing is counted that was not closed',
 (SELECT COUNT(*) FROM counted c WHERE NOT EXISTS
  (SELECT 1 FROM paper p WHERE p.z_number = c.z_number AND p.words = c.words))),
('no report lies beside those that count: no conflict, no copy, no second epoch',
 (SELECT COUNT(*) FROM held WHERE counted = 0 OR copy <> 0 OR epoch <> 0 OR standing <> 'first' OR warning IS NOT NULL)),
('all are of one till of the plugin''s', (SELECT COUNT(DISTINCT till_id) - 1 FROM held)),
('receipts add up to what the cloud counts, day by day',
 (SELECT COUNT(*) FROM paper p LEFT JOIN sold s USING (z_number) LEFT JOIN counted c ON c.z_number = p.z_number
  WHERE (IFNULL(s.gross, 0), IFNULL(s.net, 0), IFNULL(s.tax, 0), p.grand_total_minor, p.business_date, p.closed_at_ms)
   IS NOT (c.gross_minor, c.net_minor, c.tax_minor, c.grand_total_minor, c.business_date, c.closed_at_ms))),
('departments and tenders of each day likewise',
 (SELECT COUNT(*) FROM sold_parts s LEFT JOIN counted_parts c USING (z_number, part) WHERE s.amount IS NOT c.amount) +
 (SELECT COUNT(*) FROM counted_parts c LEFT JOIN sold_parts s USING (z_number, part) WHERE s.amount IS NULL)),
('grand totals go on from day to day',
 (SELECT COUNT(*) FROM cloud.continuity WHERE register_id IN (SELECT register_id FROM me)
  AND (missing <> 0 OR break_minor <> 0))),
('all turnover together is the same to the cent',
 (SELECT IFNULL(SUM(gross), 0) FROM sold) - (SELECT IFNULL(SUM(gross_minor), 0) FROM counted)),
('every X is delivered or superseded', (SELECT COUNT(*) FROM outcomes WHERE NOT delivered AND NOT superseded)),
('no sequence of an X was given twice',
 (SELECT COUNT(*) - COUNT(DISTINCT z_number || ' ' || x_sequence) FROM taken)),
('every X in the cloud says what its receipts add up to',
 (SELECT COUNT(*) FROM running x LEFT JOIN running_sold s USING (z_number, x_sequence)
  WHERE (x.gross_minor, x.net_minor, x.tax_minor, x.told) IS NOT (s.gross, s.net, s.tax, s.gross))),
('the cloud''s database is sound', (SELECT COUNT(*) FROM pragma_integrity_check WHERE schema = 'cloud' AND integrity_check <> 'ok')),
('the till''s database is sound', (SELECT COUNT(*) FROM pragma_integrity_check WHERE schema = 'till' AND integrity_check <> 'ok'));

.mode list
SELECT 'till ' || register_id || ': ' || (SELECT COUNT(*) FROM paper) || ' closes, '
       || (SELECT COUNT(*) FROM till.receipts) || ' receipts, till '
       || printf('%.2f', (SELECT SUM(gross) FROM sold) / 100.0) || ', cloud '
       || printf('%.2f', (SELECT SUM(gross_minor) FROM counted) / 100.0) || '; X: ' || (SELECT COUNT(*) FROM taken)
       || ' taken = ' || (SELECT SUM(delivered) FROM outcomes) || ' delivered + '
       || (SELECT SUM(NOT delivered AND superseded) FROM outcomes) || ' superseded + '
       || (SELECT SUM(NOT delivered AND NOT superseded) FROM outcomes) || ' lost'
FROM me;
SELECT iif(found = 0, 'ok   ', 'FAIL ') || rule || iif(found = 0, '', ': ' || found) FROM verdicts;

-- Holds the cloud's database against the till's. Shares no code with either program: receipts are added up anew here,
-- and report documents are read with SQLite's own JSON functions. "till" and "cloud" are attached.
-- The last line is "differences: N".

-- The figures as the till's paper says them: the documents it stored at its closes.
CREATE TEMP TABLE paper AS
SELECT series, z_number, register_id, business_date, document,
       json_extract(document, '$.totals.gross_turnover') AS gross,
       json_extract(document, '$.totals.net_turnover') AS net,
       json_extract(document, '$.totals.tax_total') AS tax
FROM till.closed_reports;

-- The figures as the receipts say them. A till that replays existing reports has none.
CREATE TEMP TABLE sold AS
SELECT p.series, p.z_number, COUNT(*) AS receipts, SUM(r.gross_minor) AS gross, SUM(r.net_minor) AS net,
       SUM(r.tax_minor) AS tax
FROM till.periods p JOIN till.receipts r USING (period_id)
WHERE p.z_number IS NOT NULL
GROUP BY p.series, p.z_number;

CREATE TEMP TABLE sold_departments AS
SELECT p.z_number, l.department_id, SUM(l.gross_minor) AS gross, SUM(l.quantity) AS quantity
FROM till.periods p JOIN till.receipts r USING (period_id) JOIN till.lines l USING (receipt_number)
WHERE p.z_number IS NOT NULL
GROUP BY p.z_number, l.department_id;

CREATE TEMP TABLE sold_payments AS
SELECT p.z_number, y.tender_id, SUM(y.in_minor - y.out_minor) AS amount
FROM till.periods p JOIN till.receipts r USING (period_id) JOIN till.payments y USING (receipt_number)
WHERE p.z_number IS NOT NULL
GROUP BY p.z_number, y.tender_id;

-- What the cloud counts.
CREATE TEMP TABLE counted AS
SELECT r.* FROM cloud.reports r WHERE r.kind = 'Z' AND r.counted = 1;

CREATE TEMP TABLE differences(what TEXT, z_number INTEGER, till TEXT, cloud TEXT);

INSERT INTO differences
SELECT 'closed, not counted', p.z_number, p.business_date, NULL
FROM paper p WHERE NOT EXISTS (SELECT 1 FROM counted c WHERE c.document = p.document);

INSERT INTO differences
SELECT 'counted, not closed', c.z_number, NULL, c.business_date
FROM counted c WHERE NOT EXISTS (SELECT 1 FROM paper p WHERE p.document = c.document);

INSERT INTO differences
SELECT 'counted more than once', z_number, NULL, COUNT(*)
FROM counted GROUP BY company_id, sha256 HAVING COUNT(*) > 1;

INSERT INTO differences
SELECT 'document and columns', p.z_number, p.gross || ' ' || p.net || ' ' || p.tax || ' ' || p.business_date,
       c.gross_minor || ' ' || c.net_minor || ' ' || c.tax_minor || ' ' || c.business_date
FROM paper p JOIN counted c ON c.document = p.document
WHERE (p.gross, p.net, p.tax, p.z_number, p.register_id, p.business_date) IS NOT
      (c.gross_minor, c.net_minor, c.tax_minor, c.z_number, c.register_id, c.business_date);

INSERT INTO differences
SELECT 'receipts and cloud', s.z_number, s.gross || ' ' || s.net || ' ' || s.tax,
       c.gross_minor || ' ' || c.net_minor || ' ' || c.tax_minor
FROM sold s JOIN paper p USING (series, z_number) JOIN counted c ON c.document = p.document
WHERE (s.gross, s.net, s.tax) IS NOT (c.gross_minor, c.net_minor, c.tax_minor);

INSERT INTO differences
SELECT 'department ' || s.department_id, s.z_number, s.gross || ' ' || s.quantity, d.gross_minor || ' ' || d.quantity
FROM sold_departments s JOIN counted c USING (z_number)
     LEFT JOIN cloud.report_departments d ON d.report_no = c.report_no AND d.department_id = s.department_id
WHERE (s.gross, s.quantity) IS NOT (d.gross_minor, d.quantity);

INSERT INTO differences
SELECT 'tender ' || s.tender_id, s.z_number, s.amount, y.amount_minor
FROM sold_payments s JOIN counted c USING (z_number)
     LEFT JOIN cloud.report_payments y ON y.report_no = c.report_no AND y.payment_method_id = s.tender_id
WHERE s.amount IS NOT y.amount_minor;

INSERT INTO differences
SELECT 'gap or broken grand total', z_number, missing, break_minor
FROM cloud.continuity WHERE missing <> 0 OR break_minor <> 0;

.mode column
.headers on
SELECT p.z_number AS Z, p.business_date AS day, IFNULL(s.receipts, json_extract(p.document, '$.counts.receipts')) AS receipts,
       printf('%.2f', IFNULL(s.gross, p.gross) / 100.0) AS till_gross,
       printf('%.2f', c.gross_minor / 100.0) AS cloud_gross,
       printf('%.2f', c.tax_minor / 100.0) AS cloud_tax,
       CASE WHEN IFNULL(s.gross, p.gross) = c.gross_minor THEN 'same' ELSE 'DIFFERENT' END AS compared
FROM paper p LEFT JOIN sold s USING (series, z_number) LEFT JOIN counted c ON c.document = p.document
ORDER BY p.series, p.z_number;

.headers off
.mode list
SELECT 'total: ' || COUNT(*) || ' closes, till ' || printf('%.2f', (SELECT SUM(gross) FROM paper) / 100.0) || ', cloud '
       || printf('%.2f', SUM(gross_minor) / 100.0) FROM counted;
SELECT 'X reports in the cloud: ' || COUNT(*) FROM cloud.reports WHERE kind = 'X';
SELECT 'difference: ' || what || ' | Z ' || z_number || ' | till ' || IFNULL(till, '-') || ' | cloud ' || IFNULL(cloud, '-')
FROM differences;
SELECT 'differences: ' || COUNT(*) FROM differences;

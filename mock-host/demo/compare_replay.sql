-- Holds the cloud's database against the replayed files themselves. "offered" has their lines, "cloud" is attached.
-- Every Z must be there, byte for byte. An X may be missing only when it was superseded: a later X of its period, or
-- the period's Z, is there instead. The last line is "differences: N".

CREATE TEMP TABLE held AS SELECT kind, z_number, x_sequence, CAST(document AS TEXT) AS document FROM cloud.reports;
CREATE INDEX temp.held_by_document ON held(document);

CREATE TEMP TABLE outcomes AS
SELECT o.kind, o.z_number, o.x_sequence,
       CASE
       WHEN EXISTS (SELECT 1 FROM held h WHERE h.document = o.document) THEN 'delivered'
       WHEN o.kind = 'X' AND EXISTS (SELECT 1 FROM held h WHERE h.z_number = o.z_number
                                     AND (h.kind = 'Z' OR h.x_sequence > o.x_sequence)) THEN 'superseded'
       ELSE 'missing'
       END AS outcome
FROM (SELECT document, json_extract(document, '$.report_type') AS kind, json_extract(document, '$.z_number') AS z_number,
             json_extract(document, '$.x_sequence') AS x_sequence FROM offered.offered) o;

SELECT printf('%s reports: %d offered = %d delivered + %d superseded + %d missing', kind, COUNT(*),
              SUM(outcome = 'delivered'), SUM(outcome = 'superseded'), SUM(outcome = 'missing'))
FROM outcomes GROUP BY kind ORDER BY kind DESC;

SELECT 'difference: ' || kind || ' ' || z_number || ' ' || IFNULL(x_sequence, '') || ' is missing'
FROM outcomes WHERE outcome = 'missing';

SELECT 'differences: ' || ((SELECT COUNT(*) FROM outcomes WHERE outcome = 'missing')
       + (SELECT COUNT(*) FROM held h WHERE NOT EXISTS (SELECT 1 FROM offered.offered o WHERE o.document = h.document)));

WITH hot AS (
  SELECT auction, window_start, window_end, COUNT(*) AS num
  FROM TABLE(HOP(TABLE bids, DESCRIPTOR(at_time), INTERVAL '2' SECOND, INTERVAL '10' SECOND))
  GROUP BY auction, window_start, window_end),
best AS (SELECT window_start, window_end, MAX(num) AS top FROM hot GROUP BY window_start, window_end)
SELECT h.auction, h.num, h.window_end FROM hot AS h JOIN best AS b
ON h.window_start = b.window_start AND h.window_end = b.window_end AND h.num >= b.top;

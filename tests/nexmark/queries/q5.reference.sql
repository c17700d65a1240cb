WITH hot AS (
  SELECT b.auction, w.window_end, COUNT(*) AS num FROM bids b, hops w
  WHERE b.at_time >= w.window_end - 10000 AND b.at_time < w.window_end GROUP BY b.auction, w.window_end)
SELECT auction, num, time_text(window_end) FROM hot h
WHERE num = (SELECT MAX(num) FROM hot x WHERE x.window_end = h.window_end)

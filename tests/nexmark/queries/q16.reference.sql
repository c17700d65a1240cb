SELECT channel, substr(time_text(at_time), 1, 10), MAX(substr(time_text(at_time), 12, 5)), COUNT(*),
  SUM(price >= 1000000), COUNT(DISTINCT bidder), COUNT(DISTINCT CASE WHEN price < 10000 THEN bidder END),
  COUNT(DISTINCT CASE WHEN price >= 10000 AND price < 1000000 THEN auction END) FROM bids GROUP BY 1, 2

SELECT auction, bidder, thousandths(price * 908),
  CASE WHEN hour BETWEEN 8 AND 18 THEN 'day' WHEN hour <= 6 OR hour >= 20 THEN 'night' ELSE 'other' END,
  time_text(at_time), extra, length(extra) - length(replace(extra, 'c', ''))
FROM (SELECT *, at_time / 3600000 % 24 AS hour FROM bids)
WHERE price * 908 > 1000000000 AND price * 908 < 50000000000

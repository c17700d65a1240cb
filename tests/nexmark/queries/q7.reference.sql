SELECT b.auction, b.price, b.bidder, time_text(b.at_time), b.extra FROM bids b, (
  SELECT (at_time / 10000 + 1) * 10000 AS closed, MAX(price) AS top FROM bids GROUP BY 1) m
WHERE b.price = m.top AND b.at_time BETWEEN m.closed - 10000 AND m.closed

SELECT auction, bidder, price, channel, url, time_text(at_time), extra FROM (
  SELECT *, ROW_NUMBER() OVER (PARTITION BY bidder, auction ORDER BY at_time DESC) AS place FROM bids) WHERE place = 1

SELECT id, itemName, description, initialBid, reserve, time_text(at_time), time_text(expires), seller, category,
       extra, auction, bidder, price, time_text(bid_time), bid_extra
FROM (
  SELECT a.*, b.auction, b.bidder, b.price, b.at_time AS bid_time, b.extra AS bid_extra,
         ROW_NUMBER() OVER (PARTITION BY a.id ORDER BY b.price DESC, b.at_time) AS place
  FROM auctions a, bids b WHERE a.id = b.auction AND b.at_time BETWEEN a.at_time AND a.expires)
WHERE place = 1

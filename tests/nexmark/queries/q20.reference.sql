SELECT b.auction, b.bidder, b.price, b.url, time_text(b.at_time), b.extra, a.itemName, a.description, a.reserve,
  time_text(a.expires), a.extra FROM bids b, auctions a WHERE b.auction = a.id AND a.category = 10

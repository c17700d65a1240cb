SELECT b.auction, b.bidder, b.price, b.url, b.at_time, b.extra, a.itemName, a.description, a.reserve, a.expires, a.extra
FROM bids AS b JOIN auctions AS a ON b.auction = a.id WHERE a.category = 10;

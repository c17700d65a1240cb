SELECT auction, bidder, price, at_time, extra FROM bids;

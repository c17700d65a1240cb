SELECT auction, bidder, price * 0.908 AS euros, at_time, extra FROM bids;

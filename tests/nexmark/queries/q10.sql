SELECT auction, bidder, price, at_time, extra, DATE_FORMAT(at_time, 'yyyy-MM-dd') AS dt,
       DATE_FORMAT(at_time, 'HH:mm') AS hm FROM bids;

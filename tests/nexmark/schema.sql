-- The auction site of the Nexmark benchmark, one table of mixed events and a view per kind.
CREATE TABLE events (
  event_type INT,
  person ROW<id BIGINT, name STRING, emailAddress STRING, creditCard STRING, city STRING, state STRING,
             `dateTime` TIMESTAMP(3), extra STRING>,
  auction ROW<id BIGINT, itemName STRING, description STRING, initialBid BIGINT, reserve BIGINT,
              `dateTime` TIMESTAMP(3), expires TIMESTAMP(3), seller BIGINT, category BIGINT, extra STRING>,
  bid ROW<auction BIGINT, bidder BIGINT, price BIGINT, channel STRING, url STRING, `dateTime` TIMESTAMP(3),
          extra STRING>,
  at_time AS CASE event_type WHEN 0 THEN person.`dateTime` WHEN 1 THEN auction.`dateTime` ELSE bid.`dateTime` END,
  WATERMARK FOR at_time AS at_time - INTERVAL '4' SECOND
) WITH ('connector' = 'nexmark', 'events.num' = '${EVENTS}', 'first-event.rate' = '${RATE}',
        'next-event.rate' = '${RATE}', 'seed' = '${SEED}');
CREATE VIEW persons AS
  SELECT person.id, person.name, person.emailAddress, person.creditCard, person.city, person.state, at_time,
         person.extra FROM events WHERE event_type = 0;
CREATE VIEW auctions AS
  SELECT auction.id, auction.itemName, auction.description, auction.initialBid, auction.reserve, at_time,
         auction.expires, auction.seller, auction.category, auction.extra FROM events WHERE event_type = 1;
CREATE VIEW bids AS
  SELECT bid.auction, bid.bidder, bid.price, bid.channel, bid.url, at_time, bid.extra
  FROM events WHERE event_type = 2;

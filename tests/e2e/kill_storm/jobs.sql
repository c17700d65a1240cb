-- Four jobs over the same events: a window, a join, a top-N and distinct aggregates, into files.
SET 'execution.checkpointing.interval' = '40 ms';
SET 'execution.checkpointing.unaligned.enabled' = '${UNALIGNED}';
SET 'execution.checkpointing.aligned-checkpoint-timeout' = '${PATIENCE}';
CREATE TABLE events (
  event_type INT,
  auction ROW<id BIGINT, itemName STRING, description STRING, initialBid BIGINT, reserve BIGINT,
              `dateTime` TIMESTAMP(3), expires TIMESTAMP(3), seller BIGINT, category BIGINT, extra STRING>,
  bid ROW<auction BIGINT, bidder BIGINT, price BIGINT, channel STRING, url STRING, `dateTime` TIMESTAMP(3),
          extra STRING>,
  at_time AS CASE event_type WHEN 1 THEN auction.`dateTime` ELSE bid.`dateTime` END,
  WATERMARK FOR at_time AS at_time - INTERVAL '0.1' SECOND
) WITH ('connector' = 'nexmark', 'events.num' = '${EVENTS}', 'first-event.rate' = '10000',
        'max-emit-speed' = '${FAST}', 'person.proportion' = '0', 'seed' = '${SEED}');
CREATE VIEW auctions AS SELECT auction.id, auction.seller, auction.category FROM events WHERE event_type = 1;
CREATE VIEW bids AS SELECT bid.auction, bid.bidder, bid.price, at_time FROM events WHERE event_type = 2;

CREATE TABLE per_window (window_start TIMESTAMP(3), bids BIGINT, total BIGINT, bidders BIGINT)
  WITH ('connector' = 'filesystem', 'path' = '${OUT}/per_window', 'format' = 'csv');
INSERT INTO per_window
  SELECT window_start, COUNT(*), SUM(price), COUNT(DISTINCT bidder)
  FROM TABLE(TUMBLE(TABLE bids, DESCRIPTOR(at_time), INTERVAL '0.2' SECOND)) GROUP BY window_start, window_end;

CREATE TABLE bids_of_sellers (auction BIGINT, bidder BIGINT, price BIGINT, at_time TIMESTAMP(3), seller BIGINT)
  WITH ('connector' = 'filesystem', 'path' = '${OUT}/bids_of_sellers', 'format' = 'csv');
INSERT INTO bids_of_sellers
  SELECT b.auction, b.bidder, b.price, b.at_time, a.seller FROM bids b JOIN auctions a ON b.auction = a.id;

CREATE TABLE best_bids (auction BIGINT, price BIGINT, bidder BIGINT, place BIGINT)
  WITH ('connector' = 'filesystem', 'path' = '${OUT}/best_bids', 'format' = 'debezium-json');
INSERT INTO best_bids
  SELECT auction, price, bidder, place FROM (
    SELECT *, ROW_NUMBER() OVER (PARTITION BY auction ORDER BY price DESC, bidder, at_time) AS place FROM bids)
  WHERE place <= 2;

CREATE TABLE bidders (bidder BIGINT, bids BIGINT, auctions BIGINT, highest BIGINT)
  WITH ('connector' = 'filesystem', 'path' = '${OUT}/bidders', 'format' = 'debezium-json');
INSERT INTO bidders
  SELECT bidder, COUNT(*), COUNT(DISTINCT auction), MAX(price) FROM bids GROUP BY bidder;

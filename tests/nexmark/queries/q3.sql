SELECT p.name, p.city, p.state, a.id FROM persons AS p JOIN auctions AS a ON p.id = a.seller
WHERE a.category = 10 AND p.state IN ('OR', 'ID', 'CA');

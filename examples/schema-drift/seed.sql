-- Names only the columns of the first migration, so that it works before and after the second. Repeatable.

INSERT INTO "users" ("id", "email", "password_hash", "name", "role", "updated_at") VALUES
  ('6f9619ff-8b86-4d01-b42d-00cf4fc964f1', 'admin@example.com', '$2b$12$abcdefghijklmnopqrstuv', 'Admin', 'ADMIN', '2025-11-05 08:00:00'),
  ('6f9619ff-8b86-4d01-b42d-00cf4fc964f2', 'editor@example.com', '$2b$12$abcdefghijklmnopqrstuv', 'Editor', DEFAULT, '2025-11-05 08:00:00')
ON CONFLICT DO NOTHING;

INSERT INTO "categories" ("id", "name", "slug", "updated_at") VALUES
  ('6f9619ff-8b86-4d01-b42d-00cf4fc96411', 'News', 'news', '2025-11-05 08:00:00')
ON CONFLICT DO NOTHING;

INSERT INTO "articles" ("id", "title", "slug", "body", "status", "published_at", "author_id", "category_id", "updated_at") VALUES
  ('6f9619ff-8b86-4d01-b42d-00cf4fc96421', 'Welcome', 'welcome', 'The first article.', 'PUBLISHED', '2025-11-05 09:00:00',
   '6f9619ff-8b86-4d01-b42d-00cf4fc964f2', '6f9619ff-8b86-4d01-b42d-00cf4fc96411', '2025-11-05 09:00:00')
ON CONFLICT DO NOTHING;

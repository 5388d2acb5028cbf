-- Shared by all namespaces: configuration as JSON by area, and the settings of modules by kind.
CREATE TABLE settings (key TEXT PRIMARY KEY, value JSON_TEXT NOT NULL);
CREATE TABLE sequences (name TEXT PRIMARY KEY, last INTEGER NOT NULL);
-- What was changed about a module (storage target, renderer, ...); its definition and defaults are in data files.
CREATE TABLE modules (kind TEXT NOT NULL, key TEXT NOT NULL, state JSON_TEXT NOT NULL, PRIMARY KEY (kind, key));
CREATE TABLE locales (
  code TEXT PRIMARY KEY, name TEXT NOT NULL, nativeName TEXT NOT NULL, isRTL FLAG NOT NULL DEFAULT 0,
  availability INTEGER NOT NULL DEFAULT 0, strings JSON_TEXT NOT NULL DEFAULT '{}', createdAt TEXT NOT NULL, updatedAt TEXT NOT NULL
);

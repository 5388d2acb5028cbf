CREATE TABLE assetFolders (
  id INTEGER PRIMARY KEY, slug TEXT NOT NULL, name TEXT, parentId INTEGER REFERENCES assetFolders (id), heap INTEGER
);
CREATE TABLE assets (
  id INTEGER PRIMARY KEY, filename TEXT NOT NULL, hash TEXT NOT NULL, ext TEXT NOT NULL, kind TEXT NOT NULL, mime TEXT NOT NULL,
  fileSize INTEGER NOT NULL, folderId INTEGER REFERENCES assetFolders (id), authorId INTEGER NOT NULL,
  createdAt TEXT NOT NULL, updatedAt TEXT NOT NULL, heap INTEGER
);
CREATE INDEX assetsByHash ON assets (hash);
CREATE TABLE assetData (id INTEGER PRIMARY KEY REFERENCES assets (id) ON DELETE CASCADE, data BLOB NOT NULL);
-- Files that the server has in its cache, which it serves with other headers than those that it reads from the database.
CREATE TABLE assetCache (hash TEXT PRIMARY KEY, modified REAL NOT NULL);

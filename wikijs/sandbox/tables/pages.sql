CREATE TABLE pages (
  id INTEGER PRIMARY KEY, path TEXT NOT NULL, hash TEXT NOT NULL, title TEXT NOT NULL, description TEXT NOT NULL,
  isPrivate FLAG NOT NULL DEFAULT 0, isPublished FLAG NOT NULL DEFAULT 0, privateNS TEXT,
  publishStartDate TEXT NOT NULL DEFAULT '', publishEndDate TEXT NOT NULL DEFAULT '', content TEXT NOT NULL DEFAULT '',
  render TEXT NOT NULL DEFAULT '', toc JSON_TEXT NOT NULL DEFAULT '[]', contentType TEXT NOT NULL, editorKey TEXT NOT NULL,
  localeCode TEXT NOT NULL, scriptCss TEXT NOT NULL DEFAULT '', scriptJs TEXT NOT NULL DEFAULT '',
  authorId INTEGER NOT NULL, creatorId INTEGER NOT NULL, createdAt TEXT NOT NULL, updatedAt TEXT NOT NULL, heap INTEGER
);
CREATE INDEX pagesByUpdate ON pages (updatedAt);
CREATE INDEX pagesByPath ON pages (path, localeCode);
CREATE TABLE pageHistory (
  id INTEGER PRIMARY KEY, pageId INTEGER NOT NULL, path TEXT NOT NULL, hash TEXT NOT NULL, title TEXT NOT NULL,
  description TEXT NOT NULL, isPrivate FLAG NOT NULL, isPublished FLAG NOT NULL, publishStartDate TEXT NOT NULL DEFAULT '',
  publishEndDate TEXT NOT NULL DEFAULT '', action TEXT NOT NULL, content TEXT NOT NULL, contentType TEXT NOT NULL,
  editorKey TEXT NOT NULL, localeCode TEXT NOT NULL, authorId INTEGER NOT NULL, versionDate TEXT NOT NULL, createdAt TEXT NOT NULL
);
CREATE INDEX pageHistoryByPage ON pageHistory (pageId);
CREATE TABLE tags (
  id INTEGER PRIMARY KEY, tag TEXT NOT NULL UNIQUE, title TEXT, createdAt TEXT NOT NULL, updatedAt TEXT NOT NULL, heap INTEGER
);
CREATE TABLE pageTags (
  id INTEGER PRIMARY KEY, pageId INTEGER NOT NULL REFERENCES pages (id) ON DELETE CASCADE,
  tagId INTEGER NOT NULL REFERENCES tags (id) ON DELETE CASCADE
);
CREATE INDEX pageTagsByPage ON pageTags (pageId);
CREATE INDEX pageTagsByTag ON pageTags (tagId);
CREATE TABLE pageTree (
  id INTEGER PRIMARY KEY, path TEXT NOT NULL, depth INTEGER NOT NULL, title TEXT NOT NULL, isPrivate FLAG NOT NULL DEFAULT 0,
  isFolder FLAG NOT NULL DEFAULT 0, privateNS TEXT, parent INTEGER, pageId INTEGER, localeCode TEXT NOT NULL,
  ancestors JSON_TEXT NOT NULL DEFAULT '[]'
);
CREATE INDEX pageTreeByParent ON pageTree (parent);
CREATE TABLE pageLinks (
  id INTEGER PRIMARY KEY, pageId INTEGER NOT NULL REFERENCES pages (id) ON DELETE CASCADE, path TEXT NOT NULL,
  localeCode TEXT NOT NULL
);
CREATE INDEX pageLinksByPage ON pageLinks (pageId);
CREATE INDEX pageLinksByTarget ON pageLinks (path, localeCode);

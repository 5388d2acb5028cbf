-- `heap` is the physical place of a row: PostgreSQL lists unordered rows in this order, an update moves a row to the end.
CREATE TABLE groups (
  id INTEGER PRIMARY KEY, name TEXT NOT NULL, isSystem FLAG NOT NULL DEFAULT 0, redirectOnLogin TEXT NOT NULL DEFAULT '/',
  permissions JSON_TEXT NOT NULL, pageRules JSON_TEXT NOT NULL, createdAt TEXT NOT NULL, updatedAt TEXT NOT NULL, heap INTEGER
);
CREATE TABLE users (
  id INTEGER PRIMARY KEY, email TEXT NOT NULL, name TEXT NOT NULL, providerKey TEXT NOT NULL DEFAULT 'local', providerId TEXT,
  password TEXT, tfaIsActive FLAG NOT NULL DEFAULT 0, tfaSecret TEXT, jobTitle TEXT NOT NULL DEFAULT '',
  location TEXT NOT NULL DEFAULT '', timezone TEXT NOT NULL DEFAULT 'America/New_York', dateFormat TEXT NOT NULL DEFAULT '',
  appearance TEXT NOT NULL DEFAULT '', pictureUrl TEXT, localeCode TEXT NOT NULL DEFAULT 'en',
  isSystem FLAG NOT NULL DEFAULT 0, isActive FLAG NOT NULL DEFAULT 1, isVerified FLAG NOT NULL DEFAULT 1,
  mustChangePwd FLAG NOT NULL DEFAULT 0, createdAt TEXT NOT NULL, updatedAt TEXT NOT NULL, lastLoginAt TEXT, heap INTEGER,
  UNIQUE (providerKey, email)
);
CREATE TABLE userGroups (
  id INTEGER PRIMARY KEY, userId INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  groupId INTEGER NOT NULL REFERENCES groups (id) ON DELETE CASCADE
);
CREATE INDEX userGroupsByUser ON userGroups (userId);
CREATE INDEX userGroupsByGroup ON userGroups (groupId);
CREATE TABLE apiKeys (
  id INTEGER PRIMARY KEY, name TEXT NOT NULL, key TEXT NOT NULL, expiration TEXT NOT NULL, isRevoked FLAG NOT NULL DEFAULT 0,
  createdAt TEXT NOT NULL, updatedAt TEXT NOT NULL, heap INTEGER
);
-- Continuation tokens of a login that is not finished: kind is tfa, tfaSetup or changePwd.
CREATE TABLE userTokens (
  token TEXT PRIMARY KEY, kind TEXT NOT NULL, userId INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  validUntil REAL NOT NULL
);
-- User tokens issued before `at` (seconds) for this user (`u`) or a member of this group (`g`) are renewed at next use.
CREATE TABLE revocations (kind TEXT NOT NULL, id INTEGER NOT NULL, at REAL NOT NULL, PRIMARY KEY (kind, id));
-- Providers of logins: `local`, whose accounts are kept here, and those added by updateStrategies.
CREATE TABLE strategies (
  key TEXT PRIMARY KEY, strategyKey TEXT NOT NULL, displayName TEXT NOT NULL, position INTEGER NOT NULL DEFAULT 0,
  isEnabled FLAG NOT NULL DEFAULT 0, config JSON_TEXT NOT NULL DEFAULT '{}', selfRegistration FLAG NOT NULL DEFAULT 0,
  domainWhitelist JSON_TEXT NOT NULL DEFAULT '[]', autoEnrollGroups JSON_TEXT NOT NULL DEFAULT '[]'
);
INSERT INTO strategies (key, strategyKey, displayName, isEnabled) VALUES ('local', 'local', 'Local', 1);

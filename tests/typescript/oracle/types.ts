// Written by graphql-codegen, with `make sdk-oracle`. Do not edit.
// of AnalyticsProviders f2202e25bb70
// of AnalyticsUpdateProviders 04a54e022c89
// of AssetsCreateFolder fc3aee5ec8cd
// of AssetsDeleteAsset 16c3bc780b1d
// of AssetsFlushTempUploads ffd336853a43
// of AssetsFolders 44cac18b3f3d
// of AssetsList 1e3e71909e52
// of AssetsRenameAsset 9598b9661394
// of AuthenticationActiveStrategies 8f2893e9421a
// of AuthenticationActiveStrategiesForAdmin 0e0cf84493c2
// of AuthenticationApiKeys dc31fed9f1da
// of AuthenticationApiState a1277a52ea92
// of AuthenticationCreateApiKey cdfdbac32573
// of AuthenticationForgotPassword 474d8ceba911
// of AuthenticationLogin e14664030f05
// of AuthenticationLoginChangePassword 913099c60686
// of AuthenticationLoginTFA 5725d77ae83b
// of AuthenticationRegenerateCertificates 737e3ba941d0
// of AuthenticationRegister 106ee3075e52
// of AuthenticationResetGuestUser d9ab4ae00999
// of AuthenticationRevokeApiKey a7032a4bce09
// of AuthenticationSetApiState 7d27f1cf1627
// of AuthenticationStrategies 7ba6a141f146
// of AuthenticationUpdateStrategies 91925f15d0b2
// of CommentsCreate ea33580622c3
// of CommentsDelete e34ae8b51d39
// of CommentsList f70f41d635d1
// of CommentsListForAdmin 272652c64a86
// of CommentsListRendered 3128081f6acd
// of CommentsProviders 0c2dd119ebd5
// of CommentsSingle 9e63e036ef73
// of CommentsSingleForAdmin b1d9ad404667
// of CommentsSingleRendered 0ed71392ee40
// of CommentsUpdate 445dba155987
// of CommentsUpdateProviders d9b20df2c0e1
// of ContributeContributors 6d38b90ee0a4
// of GroupsAssignUser d8032498a439
// of GroupsCreate 8cf887a58d9b
// of GroupsDelete 21a9a55f5da8
// of GroupsList bcaece4c84c1
// of GroupsSingle a5398b2d5499
// of GroupsSingleSettings cd6268a204a9
// of GroupsUnassignUser 2bdea54dde84
// of GroupsUpdate 6bb4ba75df29
// of LocalizationConfig 4af83cb04dcf
// of LocalizationDownloadLocale 83c4f113cf4d
// of LocalizationLocales 6acadda27a56
// of LocalizationTranslations 78fb9930df99
// of LocalizationUpdateLocale 1219e2b31537
// of LoggingLiveTrail 783ad83d106d
// of LoggingLoggers e2807fc06d04
// of LoggingUpdateLoggers eacaf691251d
// of MailConfig 0f15142319db
// of MailSendTest a85a94300d5e
// of MailUpdateConfig d85424de68c7
// of NavigationConfig 66fc17b5a65f
// of NavigationTree a1e6dc17a3fa
// of NavigationUpdateConfig 07a6b0f842f6
// of NavigationUpdateTree d106d44efac5
// of PagesCheckConflicts 0bde18f2d22c
// of PagesConflictLatest c282e7395b2b
// of PagesConvert 0c079b9a4c4d
// of PagesCreate 682751839f49
// of PagesDelete 40ff06e3997e
// of PagesDeleteTag 75f20b5fad5b
// of PagesFlushCache eb137643730b
// of PagesHistory efd5408c6f4d
// of PagesLinks d219c3b39b10
// of PagesList 02c15ef6357d
// of PagesMigrateToLocale 43aa0c528abd
// of PagesMove ccb42d45f091
// of PagesPurgeHistory 87e350c2d9e3
// of PagesRebuildTree d1a7e33f6a5f
// of PagesRender b45a58e9914a
// of PagesRestore 64b4a5671707
// of PagesSearch cc00c52b76ee
// of PagesSearchTags 4cb74ed10262
// of PagesSingle 298f94137f24
// of PagesSingleByPath 039a350c38ff
// of PagesSingleByPathForEditor a928444a976d
// of PagesSingleByPathMetadata d8e5a2e1c452
// of PagesSingleByPathRendered dabcc016eaca
// of PagesSingleForEditor 6dc378158b40
// of PagesSingleMetadata 4f02a385dc58
// of PagesSingleRendered 7456c6634101
// of PagesTags 17ddbc24293b
// of PagesTree d6f0d0cb7989
// of PagesUpdate 4a1f1143c439
// of PagesUpdateTag f58b26620de2
// of PagesVersion dd6f76e5d171
// of RenderingRenderers 6810a0921658
// of RenderingUpdateRenderers 74b987d6c822
// of SearchRebuildIndex d2d761d9b016
// of SearchSearchEngines 4cefadabfa1c
// of SearchUpdateSearchEngines d9f8759826b2
// of SiteConfig 303b32636f97
// of SiteUpdateConfig ba3f9208f757
// of StorageExecuteAction a8bae9f35f5f
// of StorageStatus d3a608e027bc
// of StorageStatusDetail f92ba9f32b75
// of StorageTargets ca88ed405a1f
// of StorageUpdateTargets 511e4ea90e79
// of SystemExport e893462d6931
// of SystemExportStatus 6c3949dca65d
// of SystemExtensions 03ba9a9c5fcb
// of SystemFlags 8c7fdec13aa5
// of SystemImportUsersFromV1 cf3cd7821d9b
// of SystemInfo 56af24028a0a
// of SystemInfoAccounts 60e5771ec931
// of SystemInfoContent 907d9db6ad09
// of SystemInfoVersion cafcd7774469
// of SystemPerformUpgrade ab9a7c233f69
// of SystemRenewHTTPSCertificate b1e643f76aef
// of SystemResetTelemetryClientId a2731f96a645
// of SystemSetHTTPSRedirection e7dcbfdf4ef8
// of SystemSetTelemetry ea77fd09a963
// of SystemUpdateFlags 2cd6d193c91c
// of ThemingConfig a9a576e99a9c
// of ThemingSetConfig e3246e8fe0ae
// of ThemingThemes 9d85fe4bd48b
// of UsersActivate 20fdcb7ddf22
// of UsersChangePassword 664eda205638
// of UsersCreate 4f9187b1d077
// of UsersDeactivate 3326e2c551cf
// of UsersDelete ee60dc2fe6fe
// of UsersDisableTFA bdb6312b7393
// of UsersEnableTFA e2b20e4d7008
// of UsersLastLogins a71181caf2d3
// of UsersList e5a35dca3466
// of UsersProfile ef1e206f0f42
// of UsersResetPassword c5cd4eb5816c
// of UsersSearch fde7090a9522
// of UsersSingle 9e547a7ea374
// of UsersUpdate 8d0c6658aa8f
// of UsersUpdateProfile c5ace772b690
// of UsersVerify f5d807ca97e9

/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
export type AnalyticsProviderInput = {
  config?: Array<KeyValuePairInput | null | undefined> | null | undefined;
  isEnabled: boolean;
  key: string;
};

export type AssetKind =
  | 'ALL'
  | 'BINARY'
  | 'IMAGE';

export type AuthenticationStrategyInput = {
  autoEnrollGroups: Array<number | null | undefined>;
  config?: Array<KeyValuePairInput | null | undefined> | null | undefined;
  displayName: string;
  domainWhitelist: Array<string | null | undefined>;
  isEnabled: boolean;
  key: string;
  order: number;
  selfRegistration: boolean;
  strategyKey: string;
};

export type CommentProviderInput = {
  config?: Array<KeyValuePairInput | null | undefined> | null | undefined;
  isEnabled: boolean;
  key: string;
};

export type KeyValuePairInput = {
  key: string;
  value: string;
};

export type LoggerInput = {
  config?: Array<KeyValuePairInput | null | undefined> | null | undefined;
  isEnabled: boolean;
  key: string;
  level: string;
};

export type NavigationItemInput = {
  icon?: string | null | undefined;
  id: string;
  kind: string;
  label?: string | null | undefined;
  target?: string | null | undefined;
  targetType?: string | null | undefined;
  visibilityGroups?: Array<number | null | undefined> | null | undefined;
  visibilityMode?: string | null | undefined;
};

export type NavigationMode =
  | 'MIXED'
  | 'NONE'
  | 'STATIC'
  | 'TREE';

export type NavigationTreeInput = {
  items: Array<NavigationItemInput | null | undefined>;
  locale: string;
};

export type PageOrderBy =
  | 'CREATED'
  | 'ID'
  | 'PATH'
  | 'TITLE'
  | 'UPDATED';

export type PageOrderByDirection =
  | 'ASC'
  | 'DESC';

export type PageRuleInput = {
  deny: boolean;
  id: string;
  locales: Array<string | null | undefined>;
  match: PageRuleMatch;
  path: string;
  roles: Array<string | null | undefined>;
};

export type PageRuleMatch =
  | 'END'
  | 'EXACT'
  | 'REGEX'
  | 'START'
  | 'TAG';

export type PageTreeMode =
  | 'ALL'
  | 'FOLDERS'
  | 'PAGES';

export type RendererInput = {
  config?: Array<KeyValuePairInput | null | undefined> | null | undefined;
  isEnabled: boolean;
  key: string;
};

export type SearchEngineInput = {
  config?: Array<KeyValuePairInput | null | undefined> | null | undefined;
  isEnabled: boolean;
  key: string;
};

export type StorageTargetInput = {
  config?: Array<KeyValuePairInput | null | undefined> | null | undefined;
  isEnabled: boolean;
  key: string;
  mode: string;
  syncInterval?: string | null | undefined;
};

export type SystemFlagInput = {
  key: string;
  value: boolean;
};

export type SystemImportUsersGroupMode =
  | 'MULTI'
  | 'NONE'
  | 'SINGLE';

export type AnalyticsProvidersQueryVariables = Exact<{
  isEnabled?: boolean | null | undefined;
}>;


export type AnalyticsProvidersQuery = { analytics: { providers: Array<{ key: string, title: string, description: string | null, isEnabled: boolean, isAvailable: boolean | null, logo: string | null, website: string | null, config: Array<{ key: string, value: string }> }> } };

export type AnalyticsUpdateProvidersMutationVariables = Exact<{
  providers: Array<AnalyticsProviderInput | null | undefined> | AnalyticsProviderInput;
}>;


export type AnalyticsUpdateProvidersMutation = { analytics: { updateProviders: { responseResult: { succeeded: boolean, errorCode: number, slug: string, message: string | null } } } };

export type AnalyticsProviderFragment = { key: string, title: string, description: string | null, isEnabled: boolean, isAvailable: boolean | null, logo: string | null, website: string | null, config: Array<{ key: string, value: string }> };

export type AssetsListQueryVariables = Exact<{
  folderId: number;
  kind: AssetKind;
}>;


export type AssetsListQuery = { assets: { list: Array<{ id: number, filename: string, ext: string, kind: AssetKind, mime: string, fileSize: number, createdAt: string, updatedAt: string }> } };

export type AssetsFoldersQueryVariables = Exact<{
  parentFolderId: number;
}>;


export type AssetsFoldersQuery = { assets: { folders: Array<{ id: number, slug: string, name: string | null }> } };

export type AssetsCreateFolderMutationVariables = Exact<{
  parentFolderId: number;
  slug: string;
  name?: string | null | undefined;
}>;


export type AssetsCreateFolderMutation = { assets: { createFolder: { responseResult: { succeeded: boolean, errorCode: number, slug: string, message: string | null } } } };

export type AssetsRenameAssetMutationVariables = Exact<{
  id: number;
  filename: string;
}>;


export type AssetsRenameAssetMutation = { assets: { renameAsset: { responseResult: { succeeded: boolean, errorCode: number, slug: string, message: string | null } } } };

export type AssetsDeleteAssetMutationVariables = Exact<{
  id: number;
}>;


export type AssetsDeleteAssetMutation = { assets: { deleteAsset: { responseResult: { succeeded: boolean, errorCode: number, slug: string, message: string | null } } } };

export type AssetsFlushTempUploadsMutationVariables = Exact<{ [key: string]: never; }>;


export type AssetsFlushTempUploadsMutation = { assets: { flushTempUploads: { responseResult: { succeeded: boolean, errorCode: number, slug: string, message: string | null } } } };

export type AssetFragment = { id: number, filename: string, ext: string, kind: AssetKind, mime: string, fileSize: number, createdAt: string, updatedAt: string };

export type AssetFolderFragment = { id: number, slug: string, name: string | null };

export type AuthenticationApiKeysQueryVariables = Exact<{ [key: string]: never; }>;


export type AuthenticationApiKeysQuery = { authentication: { apiKeys: Array<{ id: number, name: string, keyShort: string, expiration: string, createdAt: string, updatedAt: string, isRevoked: boolean }> } };

export type AuthenticationApiStateQueryVariables = Exact<{ [key: string]: never; }>;


export type AuthenticationApiStateQuery = { authentication: { apiState: boolean } };

export type AuthenticationStrategiesQueryVariables = Exact<{ [key: string]: never; }>;


export type AuthenticationStrategiesQuery = { authentication: { strategies: Array<{ key: string, title: string, description: string | null, isAvailable: boolean | null, useForm: boolean, usernameType: string | null, logo: string | null, color: string | null, website: string | null, icon: string | null, props: Array<{ key: string, value: string }> }> } };

export type AuthenticationActiveStrategiesQueryVariables = Exact<{
  enabledOnly?: boolean | null | undefined;
}>;


export type AuthenticationActiveStrategiesQuery = { authentication: { activeStrategies: Array<{ key: string, displayName: string, order: number, isEnabled: boolean, selfRegistration: boolean, strategy: { key: string, title: string, description: string | null, isAvailable: boolean | null, useForm: boolean, usernameType: string | null, logo: string | null, color: string | null, website: string | null, icon: string | null } }> } };

export type AuthenticationActiveStrategiesForAdminQueryVariables = Exact<{
  enabledOnly?: boolean | null | undefined;
}>;


export type AuthenticationActiveStrategiesForAdminQuery = { authentication: { activeStrategies: Array<{ domainWhitelist: Array<string>, autoEnrollGroups: Array<number>, key: string, displayName: string, order: number, isEnabled: boolean, selfRegistration: boolean, config: Array<{ key: string, value: string }>, strategy: { key: string, title: string, description: string | null, isAvailable: boolean | null, useForm: boolean, usernameType: string | null, logo: string | null, color: string | null, website: string | null, icon: string | null } }> } };

export type AuthenticationCreateApiKeyMutationVariables = Exact<{
  name: string;
  expiration: string;
  fullAccess: boolean;
  group?: number | null | undefined;
}>;


export type AuthenticationCreateApiKeyMutation = { authentication: { createApiKey: { key: string | null, responseResult: { succeeded: boolean, errorCode: number, slug: string, message: string | null } } } };

export type AuthenticationLoginMutationVariables = Exact<{
  username: string;
  password: string;
  strategy: string;
}>;


export type AuthenticationLoginMutation = { authentication: { login: { jwt: string | null, mustChangePwd: boolean | null, mustProvideTFA: boolean | null, mustSetupTFA: boolean | null, continuationToken: string | null, redirect: string | null, tfaQRImage: string | null, responseResult: { succeeded: boolean, errorCode: number, slug: string, message: string | null } } } };

export type AuthenticationLoginTFAMutationVariables = Exact<{
  continuationToken: string;
  securityCode: string;
  setup?: boolean | null | undefined;
}>;


export type AuthenticationLoginTFAMutation = { authentication: { loginTFA: { jwt: string | null, mustChangePwd: boolean | null, mustProvideTFA: boolean | null, mustSetupTFA: boolean | null, continuationToken: string | null, redirect: string | null, tfaQRImage: string | null, responseResult: { succeeded: boolean, errorCode: number, slug: string, message: string | null } } } };

export type AuthenticationLoginChangePasswordMutationVariables = Exact<{
  continuationToken: string;
  newPassword: string;
}>;


export type AuthenticationLoginChangePasswordMutation = { authentication: { loginChangePassword: { jwt: string | null, mustChangePwd: boolean | null, mustProvideTFA: boolean | null, mustSetupTFA: boolean | null, continuationToken: string | null, redirect: string | null, tfaQRImage: string | null, responseResult: { succeeded: boolean, errorCode: number, slug: string, message: string | null } } } };

export type AuthenticationForgotPasswordMutationVariables = Exact<{
  email: string;
}>;


export type AuthenticationForgotPasswordMutation = { authentication: { forgotPassword: { responseResult: { succeeded: boolean, errorCode: number, slug: string, message: string | null } } } };

export type AuthenticationRegisterMutationVariables = Exact<{
  email: string;
  password: string;
  name: string;
}>;


export type AuthenticationRegisterMutation = { authentication: { register: { responseResult: { succeeded: boolean, errorCode: number, slug: string, message: string | null } } } };

export type AuthenticationRevokeApiKeyMutationVariables = Exact<{
  id: number;
}>;


export type AuthenticationRevokeApiKeyMutation = { authentication: { revokeApiKey: { responseResult: { succeeded: boolean, errorCode: number, slug: string, message: string | null } } } };

export type AuthenticationSetApiStateMutationVariables = Exact<{
  enabled: boolean;
}>;


export type AuthenticationSetApiStateMutation = { authentication: { setApiState: { responseResult: { succeeded: boolean, errorCode: number, slug: string, message: string | null } } } };

export type AuthenticationUpdateStrategiesMutationVariables = Exact<{
  strategies: Array<AuthenticationStrategyInput | null | undefined> | AuthenticationStrategyInput;
}>;


export type AuthenticationUpdateStrategiesMutation = { authentication: { updateStrategies: { responseResult: { succeeded: boolean, errorCode: number, slug: string, message: string | null } } } };

export type AuthenticationRegenerateCertificatesMutationVariables = Exact<{ [key: string]: never; }>;


export type AuthenticationRegenerateCertificatesMutation = { authentication: { regenerateCertificates: { responseResult: { succeeded: boolean, errorCode: number, slug: string, message: string | null } } } };

export type AuthenticationResetGuestUserMutationVariables = Exact<{ [key: string]: never; }>;


export type AuthenticationResetGuestUserMutation = { authentication: { resetGuestUser: { responseResult: { succeeded: boolean, errorCode: number, slug: string, message: string | null } } } };

export type ApiKeyFragment = { id: number, name: string, keyShort: string, expiration: string, createdAt: string, updatedAt: string, isRevoked: boolean };

export type AuthenticationModuleFragment = { key: string, title: string, description: string | null, isAvailable: boolean | null, useForm: boolean, usernameType: string | null, logo: string | null, color: string | null, website: string | null, icon: string | null };

export type AuthenticationModuleDefinitionFragment = { key: string, title: string, description: string | null, isAvailable: boolean | null, useForm: boolean, usernameType: string | null, logo: string | null, color: string | null, website: string | null, icon: string | null, props: Array<{ key: string, value: string }> };

export type LoginStrategyFragment = { key: string, displayName: string, order: number, isEnabled: boolean, selfRegistration: boolean, strategy: { key: string, title: string, description: string | null, isAvailable: boolean | null, useForm: boolean, usernameType: string | null, logo: string | null, color: string | null, website: string | null, icon: string | null } };

export type LoginStrategyForAdminFragment = { domainWhitelist: Array<string>, autoEnrollGroups: Array<number>, key: string, displayName: string, order: number, isEnabled: boolean, selfRegistration: boolean, config: Array<{ key: string, value: string }>, strategy: { key: string, title: string, description: string | null, isAvailable: boolean | null, useForm: boolean, usernameType: string | null, logo: string | null, color: string | null, website: string | null, icon: string | null } };

export type ApiKeyCreateResultFragment = { key: string | null, responseResult: { succeeded: boolean, errorCode: number, slug: string, message: string | null } };

export type LoginResultFragment = { jwt: string | null, mustChangePwd: boolean | null, mustProvideTFA: boolean | null, mustSetupTFA: boolean | null, continuationToken: string | null, redirect: string | null, tfaQRImage: string | null, responseResult: { succeeded: boolean, errorCode: number, slug: string, message: string | null } };

export type CommentsProvidersQueryVariables = Exact<{ [key: string]: never; }>;


export type CommentsProvidersQuery = { comments: { providers: Array<{ key: string, title: string, description: string | null, isEnabled: boolean, isAvailable: boolean | null, logo: string | null, website: string | null, config: Array<{ key: string, value: string }> }> } };

export type CommentsListQueryVariables = Exact<{
  path: string;
  locale: string;
}>;


export type CommentsListQuery = { comments: { list: Array<{ content: string, id: number, render: string, authorId: number, authorName: string, createdAt: string, updatedAt: string }> } };

export type CommentsListRenderedQueryVariables = Exact<{
  path: string;
  locale: string;
}>;


export type CommentsListRenderedQuery = { comments: { list: Array<{ id: number, render: string, authorId: number, authorName: string, createdAt: string, updatedAt: string }> } };

export type CommentsListForAdminQueryVariables = Exact<{
  path: string;
  locale: string;
}>;


export type CommentsListForAdminQuery = { comments: { list: Array<{ authorEmail: string, authorIP: string, content: string, id: number, render: string, authorId: number, authorName: string, createdAt: string, updatedAt: string }> } };

export type CommentsSingleQueryVariables = Exact<{
  id: number;
}>;


export type CommentsSingleQuery = { comments: { single: { content: string, id: number, render: string, authorId: number, authorName: string, createdAt: string, updatedAt: string } } };

export type CommentsSingleRenderedQueryVariables = Exact<{
  id: number;
}>;


export type CommentsSingleRenderedQuery = { comments: { single: { id: number, render: string, authorId: number, authorName: string, createdAt: string, updatedAt: string } } };

export type CommentsSingleForAdminQueryVariables = Exact<{
  id: number;
}>;


export type CommentsSingleForAdminQuery = { comments: { single: { authorEmail: string, authorIP: string, content: string, id: number, render: string, authorId: number, authorName: string, createdAt: string, updatedAt: string } } };

export type CommentsUpdateProvidersMutationVariables = Exact<{
  providers?: Array<CommentProviderInput | null | undefined> | CommentProviderInput | null | undefined;
}>;


export type CommentsUpdateProvidersMutation = { comments: { updateProviders: { responseResult: { succeeded: boolean, errorCode: number, slug: string, message: string | null } } } };

export type CommentsCreateMutationVariables = Exact<{
  pageId: number;
  content: string;
  replyTo?: number | null | undefined;
  guestName?: string | null | undefined;
  guestEmail?: string | null | undefined;
}>;


export type CommentsCreateMutation = { comments: { create: { id: number | null, responseResult: { succeeded: boolean, errorCode: number, slug: string, message: string | null } } } };

export type CommentsUpdateMutationVariables = Exact<{
  id: number;
  content: string;
}>;


export type CommentsUpdateMutation = { comments: { update: { render: string | null, responseResult: { succeeded: boolean, errorCode: number, slug: string, message: string | null } } } };

export type CommentsDeleteMutationVariables = Exact<{
  id: number;
}>;


export type CommentsDeleteMutation = { comments: { delete: { responseResult: { succeeded: boolean, errorCode: number, slug: string, message: string | null } } } };

export type CommentProviderFragment = { key: string, title: string, description: string | null, isEnabled: boolean, isAvailable: boolean | null, logo: string | null, website: string | null, config: Array<{ key: string, value: string }> };

export type RenderedCommentFragment = { id: number, render: string, authorId: number, authorName: string, createdAt: string, updatedAt: string };

export type CommentFragment = { content: string, id: number, render: string, authorId: number, authorName: string, createdAt: string, updatedAt: string };

export type CommentForAdminFragment = { authorEmail: string, authorIP: string, content: string, id: number, render: string, authorId: number, authorName: string, createdAt: string, updatedAt: string };

export type CommentCreateResultFragment = { id: number | null, responseResult: { succeeded: boolean, errorCode: number, slug: string, message: string | null } };

export type CommentUpdateResultFragment = { render: string | null, responseResult: { succeeded: boolean, errorCode: number, slug: string, message: string | null } };

export type ResponseStatusFragment = { succeeded: boolean, errorCode: number, slug: string, message: string | null };

export type KeyValueFragment = { key: string, value: string };

export type ContributeContributorsQueryVariables = Exact<{ [key: string]: never; }>;


export type ContributeContributorsQuery = { contribute: { contributors: Array<{ id: string, source: string, name: string, joined: string, website: string | null, twitter: string | null, avatar: string | null }> | null } };

export type ContributorFragment = { id: string, source: string, name: string, joined: string, website: string | null, twitter: string | null, avatar: string | null };

export type GroupsListQueryVariables = Exact<{
  filter?: string | null | undefined;
  orderBy?: string | null | undefined;
}>;


export type GroupsListQuery = { groups: { list: Array<{ id: number, name: string, isSystem: boolean, userCount: number, createdAt: string, updatedAt: string }> } };

export type GroupsSingleQueryVariables = Exact<{
  id: number;
}>;


export type GroupsSingleQuery = { groups: { single: { id: number, name: string, isSystem: boolean, redirectOnLogin: string, permissions: Array<string>, createdAt: string, updatedAt: string, users: Array<{ id: number, name: string, email: string, providerKey: string, isSystem: boolean, isActive: boolean, createdAt: string, lastLoginAt: string | null }>, pageRules: Array<{ id: string, deny: boolean, match: PageRuleMatch, roles: Array<string>, path: string, locales: Array<string> }> } | null } };

export type GroupsSingleSettingsQueryVariables = Exact<{
  id: number;
}>;


export type GroupsSingleSettingsQuery = { groups: { single: { id: number, name: string, isSystem: boolean, redirectOnLogin: string, permissions: Array<string>, createdAt: string, updatedAt: string, pageRules: Array<{ id: string, deny: boolean, match: PageRuleMatch, roles: Array<string>, path: string, locales: Array<string> }> } | null } };

export type GroupsCreateMutationVariables = Exact<{
  name: string;
}>;


export type GroupsCreateMutation = { groups: { create: { responseResult: { succeeded: boolean, errorCode: number, slug: string, message: string | null }, group: { id: number, name: string, isSystem: boolean, redirectOnLogin: string, permissions: Array<string>, createdAt: string, updatedAt: string, pageRules: Array<{ id: string, deny: boolean, match: PageRuleMatch, roles: Array<string>, path: string, locales: Array<string> }> } } } };

export type GroupsUpdateMutationVariables = Exact<{
  id: number;
  name: string;
  redirectOnLogin: string;
  permissions: Array<string | null | undefined> | string;
  pageRules: Array<PageRuleInput | null | undefined> | PageRuleInput;
}>;


export type GroupsUpdateMutation = { groups: { update: { responseResult: { succeeded: boolean, errorCode: number, slug: string, message: string | null } } } };

export type GroupsDeleteMutationVariables = Exact<{
  id: number;
}>;


export type GroupsDeleteMutation = { groups: { delete: { responseResult: { succeeded: boolean, errorCode: number, slug: string, message: string | null } } } };

export type GroupsAssignUserMutationVariables = Exact<{
  groupId: number;
  userId: number;
}>;


export type GroupsAssignUserMutation = { groups: { assignUser: { responseResult: { succeeded: boolean, errorCode: number, slug: string, message: string | null } } } };

export type GroupsUnassignUserMutationVariables = Exact<{
  groupId: number;
  userId: number;
}>;


export type GroupsUnassignUserMutation = { groups: { unassignUser: { responseResult: { succeeded: boolean, errorCode: number, slug: string, message: string | null } } } };

export type GroupSummaryFragment = { id: number, name: string, isSystem: boolean, userCount: number, createdAt: string, updatedAt: string };

export type GroupRefFragment = { id: number, name: string, isSystem: boolean };

export type GroupSettingsFragment = { id: number, name: string, isSystem: boolean, redirectOnLogin: string, permissions: Array<string>, createdAt: string, updatedAt: string, pageRules: Array<{ id: string, deny: boolean, match: PageRuleMatch, roles: Array<string>, path: string, locales: Array<string> }> };

export type GroupFragment = { id: number, name: string, isSystem: boolean, redirectOnLogin: string, permissions: Array<string>, createdAt: string, updatedAt: string, users: Array<{ id: number, name: string, email: string, providerKey: string, isSystem: boolean, isActive: boolean, createdAt: string, lastLoginAt: string | null }>, pageRules: Array<{ id: string, deny: boolean, match: PageRuleMatch, roles: Array<string>, path: string, locales: Array<string> }> };

export type PageRuleFragment = { id: string, deny: boolean, match: PageRuleMatch, roles: Array<string>, path: string, locales: Array<string> };

export type GroupCreateResultFragment = { responseResult: { succeeded: boolean, errorCode: number, slug: string, message: string | null }, group: { id: number, name: string, isSystem: boolean, redirectOnLogin: string, permissions: Array<string>, createdAt: string, updatedAt: string, pageRules: Array<{ id: string, deny: boolean, match: PageRuleMatch, roles: Array<string>, path: string, locales: Array<string> }> } };

export type LocalizationLocalesQueryVariables = Exact<{ [key: string]: never; }>;


export type LocalizationLocalesQuery = { localization: { locales: Array<{ code: string, name: string, nativeName: string, isRTL: boolean, availability: number, isInstalled: boolean, installDate: string | null, createdAt: string, updatedAt: string }> } };

export type LocalizationConfigQueryVariables = Exact<{ [key: string]: never; }>;


export type LocalizationConfigQuery = { localization: { config: { locale: string, autoUpdate: boolean, namespacing: boolean, namespaces: Array<string> } } };

export type LocalizationTranslationsQueryVariables = Exact<{
  locale: string;
  namespace: string;
}>;


export type LocalizationTranslationsQuery = { localization: { translations: Array<{ key: string, value: string }> } };

export type LocalizationDownloadLocaleMutationVariables = Exact<{
  locale: string;
}>;


export type LocalizationDownloadLocaleMutation = { localization: { downloadLocale: { responseResult: { succeeded: boolean, errorCode: number, slug: string, message: string | null } } } };

export type LocalizationUpdateLocaleMutationVariables = Exact<{
  locale: string;
  autoUpdate: boolean;
  namespacing: boolean;
  namespaces: Array<string | null | undefined> | string;
}>;


export type LocalizationUpdateLocaleMutation = { localization: { updateLocale: { responseResult: { succeeded: boolean, errorCode: number, slug: string, message: string | null } } } };

export type LocaleFragment = { code: string, name: string, nativeName: string, isRTL: boolean, availability: number, isInstalled: boolean, installDate: string | null, createdAt: string, updatedAt: string };

export type LocaleSettingsFragment = { locale: string, autoUpdate: boolean, namespacing: boolean, namespaces: Array<string> };

export type TranslationFragment = { key: string, value: string };

export type LoggingLoggersQueryVariables = Exact<{
  filter?: string | null | undefined;
  orderBy?: string | null | undefined;
}>;


export type LoggingLoggersQuery = { logging: { loggers: Array<{ key: string, title: string, description: string | null, isEnabled: boolean, level: string | null, logo: string | null, website: string | null, config: Array<{ key: string, value: string }> }> } };

export type LoggingUpdateLoggersMutationVariables = Exact<{
  loggers?: Array<LoggerInput | null | undefined> | LoggerInput | null | undefined;
}>;


export type LoggingUpdateLoggersMutation = { logging: { updateLoggers: { responseResult: { succeeded: boolean, errorCode: number, slug: string, message: string | null } } } };

export type LoggingLiveTrailSubscriptionVariables = Exact<{ [key: string]: never; }>;


export type LoggingLiveTrailSubscription = { loggingLiveTrail: { level: string, output: string, timestamp: string } };

export type LoggerFragment = { key: string, title: string, description: string | null, isEnabled: boolean, level: string | null, logo: string | null, website: string | null, config: Array<{ key: string, value: string }> };

export type LogLineFragment = { level: string, output: string, timestamp: string };

export type MailConfigQueryVariables = Exact<{ [key: string]: never; }>;


export type MailConfigQuery = { mail: { config: { senderName: string | null, senderEmail: string | null, host: string | null, port: number | null, name: string | null, secure: boolean | null, verifySSL: boolean | null, user: string | null, pass: string | null, useDKIM: boolean | null, dkimDomainName: string | null, dkimKeySelector: string | null, dkimPrivateKey: string | null } } };

export type MailSendTestMutationVariables = Exact<{
  recipientEmail: string;
}>;


export type MailSendTestMutation = { mail: { sendTest: { responseResult: { succeeded: boolean, errorCode: number, slug: string, message: string | null } } } };

export type MailUpdateConfigMutationVariables = Exact<{
  senderName: string;
  senderEmail: string;
  host: string;
  port: number;
  name: string;
  secure: boolean;
  verifySSL: boolean;
  user: string;
  pass: string;
  useDKIM: boolean;
  dkimDomainName: string;
  dkimKeySelector: string;
  dkimPrivateKey: string;
}>;


export type MailUpdateConfigMutation = { mail: { updateConfig: { responseResult: { succeeded: boolean, errorCode: number, slug: string, message: string | null } } } };

export type MailSettingsFragment = { senderName: string | null, senderEmail: string | null, host: string | null, port: number | null, name: string | null, secure: boolean | null, verifySSL: boolean | null, user: string | null, pass: string | null, useDKIM: boolean | null, dkimDomainName: string | null, dkimKeySelector: string | null, dkimPrivateKey: string | null };

export type NavigationTreeQueryVariables = Exact<{ [key: string]: never; }>;


export type NavigationTreeQuery = { navigation: { tree: Array<{ locale: string, items: Array<{ id: string, kind: string, label: string | null, icon: string | null, targetType: string | null, target: string | null, visibilityMode: string | null, visibilityGroups: Array<number> | null }> }> } };

export type NavigationConfigQueryVariables = Exact<{ [key: string]: never; }>;


export type NavigationConfigQuery = { navigation: { config: { mode: NavigationMode } } };

export type NavigationUpdateTreeMutationVariables = Exact<{
  tree: Array<NavigationTreeInput | null | undefined> | NavigationTreeInput;
}>;


export type NavigationUpdateTreeMutation = { navigation: { updateTree: { responseResult: { succeeded: boolean, errorCode: number, slug: string, message: string | null } } } };

export type NavigationUpdateConfigMutationVariables = Exact<{
  mode: NavigationMode;
}>;


export type NavigationUpdateConfigMutation = { navigation: { updateConfig: { responseResult: { succeeded: boolean, errorCode: number, slug: string, message: string | null } } } };

export type LocaleNavigationFragment = { locale: string, items: Array<{ id: string, kind: string, label: string | null, icon: string | null, targetType: string | null, target: string | null, visibilityMode: string | null, visibilityGroups: Array<number> | null }> };

export type NavigationItemFragment = { id: string, kind: string, label: string | null, icon: string | null, targetType: string | null, target: string | null, visibilityMode: string | null, visibilityGroups: Array<number> | null };

export type NavigationSettingsFragment = { mode: NavigationMode };

export type PagesListQueryVariables = Exact<{
  limit?: number | null | undefined;
  orderBy?: PageOrderBy | null | undefined;
  orderByDirection?: PageOrderByDirection | null | undefined;
  tags?: Array<string> | string | null | undefined;
  locale?: string | null | undefined;
  creatorId?: number | null | undefined;
  authorId?: number | null | undefined;
}>;


export type PagesListQuery = { pages: { list: Array<{ id: number, path: string, locale: string, title: string | null, description: string | null, contentType: string, isPublished: boolean, isPrivate: boolean, createdAt: string, updatedAt: string, tags: Array<string> }> } };

export type PagesSingleQueryVariables = Exact<{
  id: number;
}>;


export type PagesSingleQuery = { pages: { single: { content: string, render: string | null, scriptCss: string | null, scriptJs: string | null, id: number, path: string, hash: string, locale: string, title: string, description: string, contentType: string, createdAt: string, updatedAt: string, tags: Array<{ id: number, tag: string, title: string | null, createdAt: string, updatedAt: string }> } } };

export type PagesSingleForEditorQueryVariables = Exact<{
  id: number;
}>;


export type PagesSingleForEditorQuery = { pages: { single: { content: string, editor: string, isPublished: boolean, isPrivate: boolean, publishStartDate: string, publishEndDate: string, scriptCss: string | null, scriptJs: string | null, authorId: number, authorName: string, authorEmail: string, creatorId: number, creatorName: string, creatorEmail: string, id: number, path: string, hash: string, locale: string, title: string, description: string, contentType: string, createdAt: string, updatedAt: string, tags: Array<{ id: number, tag: string, title: string | null, createdAt: string, updatedAt: string }> } } };

export type PagesSingleMetadataQueryVariables = Exact<{
  id: number;
}>;


export type PagesSingleMetadataQuery = { pages: { single: { id: number, path: string, hash: string, locale: string, title: string, description: string, contentType: string, createdAt: string, updatedAt: string, tags: Array<{ id: number, tag: string, title: string | null, createdAt: string, updatedAt: string }> } } };

export type PagesSingleRenderedQueryVariables = Exact<{
  id: number;
}>;


export type PagesSingleRenderedQuery = { pages: { single: { render: string | null, id: number, path: string, hash: string, locale: string, title: string, description: string, contentType: string, createdAt: string, updatedAt: string, tags: Array<{ id: number, tag: string, title: string | null, createdAt: string, updatedAt: string }> } } };

export type PagesSingleByPathQueryVariables = Exact<{
  path: string;
  locale: string;
}>;


export type PagesSingleByPathQuery = { pages: { singleByPath: { content: string, render: string | null, scriptCss: string | null, scriptJs: string | null, id: number, path: string, hash: string, locale: string, title: string, description: string, contentType: string, createdAt: string, updatedAt: string, tags: Array<{ id: number, tag: string, title: string | null, createdAt: string, updatedAt: string }> } } };

export type PagesSingleByPathForEditorQueryVariables = Exact<{
  path: string;
  locale: string;
}>;


export type PagesSingleByPathForEditorQuery = { pages: { singleByPath: { content: string, editor: string, isPublished: boolean, isPrivate: boolean, publishStartDate: string, publishEndDate: string, scriptCss: string | null, scriptJs: string | null, authorId: number, authorName: string, authorEmail: string, creatorId: number, creatorName: string, creatorEmail: string, id: number, path: string, hash: string, locale: string, title: string, description: string, contentType: string, createdAt: string, updatedAt: string, tags: Array<{ id: number, tag: string, title: string | null, createdAt: string, updatedAt: string }> } } };

export type PagesSingleByPathMetadataQueryVariables = Exact<{
  path: string;
  locale: string;
}>;


export type PagesSingleByPathMetadataQuery = { pages: { singleByPath: { id: number, path: string, hash: string, locale: string, title: string, description: string, contentType: string, createdAt: string, updatedAt: string, tags: Array<{ id: number, tag: string, title: string | null, createdAt: string, updatedAt: string }> } } };

export type PagesSingleByPathRenderedQueryVariables = Exact<{
  path: string;
  locale: string;
}>;


export type PagesSingleByPathRenderedQuery = { pages: { singleByPath: { render: string | null, id: number, path: string, hash: string, locale: string, title: string, description: string, contentType: string, createdAt: string, updatedAt: string, tags: Array<{ id: number, tag: string, title: string | null, createdAt: string, updatedAt: string }> } } };

export type PagesHistoryQueryVariables = Exact<{
  id: number;
  offsetPage?: number | null | undefined;
  offsetSize?: number | null | undefined;
}>;


export type PagesHistoryQuery = { pages: { history: { total: number, trail: Array<{ versionId: number, versionDate: string, authorId: number, authorName: string, actionType: string, valueBefore: string | null, valueAfter: string | null }> } } };

export type PagesVersionQueryVariables = Exact<{
  pageId: number;
  versionId: number;
}>;


export type PagesVersionQuery = { pages: { version: { versionId: number, versionDate: string, pageId: number, path: string, locale: string, title: string, description: string, content: string, contentType: string, editor: string, isPublished: boolean, isPrivate: boolean, publishStartDate: string, publishEndDate: string, action: string, authorId: string, authorName: string, createdAt: string } | null } };

export type PagesSearchQueryVariables = Exact<{
  query: string;
  path?: string | null | undefined;
  locale?: string | null | undefined;
}>;


export type PagesSearchQuery = { pages: { search: { suggestions: Array<string>, totalHits: number, results: Array<{ id: string, title: string, description: string, path: string, locale: string }> } } };

export type PagesTagsQueryVariables = Exact<{ [key: string]: never; }>;


export type PagesTagsQuery = { pages: { tags: Array<{ id: number, tag: string, title: string | null, createdAt: string, updatedAt: string }> } };

export type PagesSearchTagsQueryVariables = Exact<{
  query: string;
}>;


export type PagesSearchTagsQuery = { pages: { searchTags: Array<string> } };

export type PagesTreeQueryVariables = Exact<{
  locale: string;
  mode: PageTreeMode;
  path?: string | null | undefined;
  parent?: number | null | undefined;
  includeAncestors?: boolean | null | undefined;
}>;


export type PagesTreeQuery = { pages: { tree: Array<{ id: number, path: string, depth: number, title: string, isFolder: boolean, isPrivate: boolean, parent: number, pageId: number | null, locale: string }> } };

export type PagesLinksQueryVariables = Exact<{
  locale: string;
}>;


export type PagesLinksQuery = { pages: { links: Array<{ id: number, path: string, title: string, links: Array<string> }> } };

export type PagesCheckConflictsQueryVariables = Exact<{
  id: number;
  checkoutDate: string;
}>;


export type PagesCheckConflictsQuery = { pages: { checkConflicts: boolean } };

export type PagesConflictLatestQueryVariables = Exact<{
  id: number;
}>;


export type PagesConflictLatestQuery = { pages: { conflictLatest: { id: number, path: string, locale: string, title: string, description: string, content: string, tags: Array<string>, isPublished: boolean, authorId: string, authorName: string, createdAt: string, updatedAt: string } } };

export type PagesCreateMutationVariables = Exact<{
  path: string;
  content: string;
  description: string;
  editor: string;
  isPublished: boolean;
  isPrivate: boolean;
  locale: string;
  tags: Array<string | null | undefined> | string;
  title: string;
  publishEndDate?: string | null | undefined;
  publishStartDate?: string | null | undefined;
  scriptCss?: string | null | undefined;
  scriptJs?: string | null | undefined;
}>;


export type PagesCreateMutation = { pages: { create: { responseResult: { succeeded: boolean, errorCode: number, slug: string, message: string | null }, page: { id: number, path: string, hash: string, title: string, description: string, contentType: string, isPublished: boolean, createdAt: string, updatedAt: string, tags: Array<{ id: number, tag: string, title: string | null, createdAt: string, updatedAt: string }> } | null } } };

export type PagesUpdateMutationVariables = Exact<{
  id: number;
  content?: string | null | undefined;
  description?: string | null | undefined;
  editor?: string | null | undefined;
  isPrivate?: boolean | null | undefined;
  isPublished?: boolean | null | undefined;
  locale?: string | null | undefined;
  path?: string | null | undefined;
  publishEndDate?: string | null | undefined;
  publishStartDate?: string | null | undefined;
  scriptCss?: string | null | undefined;
  scriptJs?: string | null | undefined;
  tags?: Array<string | null | undefined> | string | null | undefined;
  title?: string | null | undefined;
}>;


export type PagesUpdateMutation = { pages: { update: { responseResult: { succeeded: boolean, errorCode: number, slug: string, message: string | null }, page: { id: number, path: string, hash: string, title: string, description: string, contentType: string, isPublished: boolean, createdAt: string, updatedAt: string, tags: Array<{ id: number, tag: string, title: string | null, createdAt: string, updatedAt: string }> } | null } } };

export type PagesConvertMutationVariables = Exact<{
  id: number;
  editor: string;
}>;


export type PagesConvertMutation = { pages: { convert: { responseResult: { succeeded: boolean, errorCode: number, slug: string, message: string | null } } } };

export type PagesMoveMutationVariables = Exact<{
  id: number;
  destinationPath: string;
  destinationLocale: string;
}>;


export type PagesMoveMutation = { pages: { move: { responseResult: { succeeded: boolean, errorCode: number, slug: string, message: string | null } } } };

export type PagesDeleteMutationVariables = Exact<{
  id: number;
}>;


export type PagesDeleteMutation = { pages: { delete: { responseResult: { succeeded: boolean, errorCode: number, slug: string, message: string | null } } } };

export type PagesDeleteTagMutationVariables = Exact<{
  id: number;
}>;


export type PagesDeleteTagMutation = { pages: { deleteTag: { responseResult: { succeeded: boolean, errorCode: number, slug: string, message: string | null } } } };

export type PagesUpdateTagMutationVariables = Exact<{
  id: number;
  tag: string;
  title: string;
}>;


export type PagesUpdateTagMutation = { pages: { updateTag: { responseResult: { succeeded: boolean, errorCode: number, slug: string, message: string | null } } } };

export type PagesFlushCacheMutationVariables = Exact<{ [key: string]: never; }>;


export type PagesFlushCacheMutation = { pages: { flushCache: { responseResult: { succeeded: boolean, errorCode: number, slug: string, message: string | null } } } };

export type PagesMigrateToLocaleMutationVariables = Exact<{
  sourceLocale: string;
  targetLocale: string;
}>;


export type PagesMigrateToLocaleMutation = { pages: { migrateToLocale: { count: number | null, responseResult: { succeeded: boolean, errorCode: number, slug: string, message: string | null } } } };

export type PagesRebuildTreeMutationVariables = Exact<{ [key: string]: never; }>;


export type PagesRebuildTreeMutation = { pages: { rebuildTree: { responseResult: { succeeded: boolean, errorCode: number, slug: string, message: string | null } } } };

export type PagesRenderMutationVariables = Exact<{
  id: number;
}>;


export type PagesRenderMutation = { pages: { render: { responseResult: { succeeded: boolean, errorCode: number, slug: string, message: string | null } } } };

export type PagesRestoreMutationVariables = Exact<{
  pageId: number;
  versionId: number;
}>;


export type PagesRestoreMutation = { pages: { restore: { responseResult: { succeeded: boolean, errorCode: number, slug: string, message: string | null } } } };

export type PagesPurgeHistoryMutationVariables = Exact<{
  olderThan: string;
}>;


export type PagesPurgeHistoryMutation = { pages: { purgeHistory: { responseResult: { succeeded: boolean, errorCode: number, slug: string, message: string | null } } } };

export type PageSummaryFragment = { id: number, path: string, locale: string, title: string | null, description: string | null, contentType: string, isPublished: boolean, isPrivate: boolean, createdAt: string, updatedAt: string, tags: Array<string> };

export type PageMetadataFragment = { id: number, path: string, hash: string, locale: string, title: string, description: string, contentType: string, createdAt: string, updatedAt: string, tags: Array<{ id: number, tag: string, title: string | null, createdAt: string, updatedAt: string }> };

export type PageRenderedFragment = { render: string | null, id: number, path: string, hash: string, locale: string, title: string, description: string, contentType: string, createdAt: string, updatedAt: string, tags: Array<{ id: number, tag: string, title: string | null, createdAt: string, updatedAt: string }> };

export type PageFragment = { content: string, render: string | null, scriptCss: string | null, scriptJs: string | null, id: number, path: string, hash: string, locale: string, title: string, description: string, contentType: string, createdAt: string, updatedAt: string, tags: Array<{ id: number, tag: string, title: string | null, createdAt: string, updatedAt: string }> };

export type PageForEditorFragment = { content: string, editor: string, isPublished: boolean, isPrivate: boolean, publishStartDate: string, publishEndDate: string, scriptCss: string | null, scriptJs: string | null, authorId: number, authorName: string, authorEmail: string, creatorId: number, creatorName: string, creatorEmail: string, id: number, path: string, hash: string, locale: string, title: string, description: string, contentType: string, createdAt: string, updatedAt: string, tags: Array<{ id: number, tag: string, title: string | null, createdAt: string, updatedAt: string }> };

export type WrittenPageFragment = { id: number, path: string, hash: string, title: string, description: string, contentType: string, isPublished: boolean, createdAt: string, updatedAt: string, tags: Array<{ id: number, tag: string, title: string | null, createdAt: string, updatedAt: string }> };

export type PageWriteResultFragment = { responseResult: { succeeded: boolean, errorCode: number, slug: string, message: string | null }, page: { id: number, path: string, hash: string, title: string, description: string, contentType: string, isPublished: boolean, createdAt: string, updatedAt: string, tags: Array<{ id: number, tag: string, title: string | null, createdAt: string, updatedAt: string }> } | null };

export type PageMigrationResultFragment = { count: number | null, responseResult: { succeeded: boolean, errorCode: number, slug: string, message: string | null } };

export type PageTagFragment = { id: number, tag: string, title: string | null, createdAt: string, updatedAt: string };

export type PageHistoryFragment = { total: number, trail: Array<{ versionId: number, versionDate: string, authorId: number, authorName: string, actionType: string, valueBefore: string | null, valueAfter: string | null }> };

export type PageHistoryEntryFragment = { versionId: number, versionDate: string, authorId: number, authorName: string, actionType: string, valueBefore: string | null, valueAfter: string | null };

export type PageVersionFragment = { versionId: number, versionDate: string, pageId: number, path: string, locale: string, title: string, description: string, content: string, contentType: string, editor: string, isPublished: boolean, isPrivate: boolean, publishStartDate: string, publishEndDate: string, action: string, authorId: string, authorName: string, createdAt: string };

export type PageSearchResultFragment = { suggestions: Array<string>, totalHits: number, results: Array<{ id: string, title: string, description: string, path: string, locale: string }> };

export type PageSearchHitFragment = { id: string, title: string, description: string, path: string, locale: string };

export type PageTreeItemFragment = { id: number, path: string, depth: number, title: string, isFolder: boolean, isPrivate: boolean, parent: number, pageId: number | null, locale: string };

export type PageLinksFragment = { id: number, path: string, title: string, links: Array<string> };

export type PageConflictFragment = { id: number, path: string, locale: string, title: string, description: string, content: string, tags: Array<string>, isPublished: boolean, authorId: string, authorName: string, createdAt: string, updatedAt: string };

export type RenderingRenderersQueryVariables = Exact<{
  filter?: string | null | undefined;
  orderBy?: string | null | undefined;
}>;


export type RenderingRenderersQuery = { rendering: { renderers: Array<{ key: string, title: string, description: string | null, isEnabled: boolean, icon: string | null, dependsOn: string | null, input: string | null, output: string | null, config: Array<{ key: string, value: string }> }> } };

export type RenderingUpdateRenderersMutationVariables = Exact<{
  renderers?: Array<RendererInput | null | undefined> | RendererInput | null | undefined;
}>;


export type RenderingUpdateRenderersMutation = { rendering: { updateRenderers: { responseResult: { succeeded: boolean, errorCode: number, slug: string, message: string | null } } } };

export type RendererFragment = { key: string, title: string, description: string | null, isEnabled: boolean, icon: string | null, dependsOn: string | null, input: string | null, output: string | null, config: Array<{ key: string, value: string }> };

export type SearchSearchEnginesQueryVariables = Exact<{
  filter?: string | null | undefined;
  orderBy?: string | null | undefined;
}>;


export type SearchSearchEnginesQuery = { search: { searchEngines: Array<{ key: string, title: string, description: string | null, isEnabled: boolean, isAvailable: boolean | null, logo: string | null, website: string | null, config: Array<{ key: string, value: string }> }> } };

export type SearchUpdateSearchEnginesMutationVariables = Exact<{
  engines?: Array<SearchEngineInput | null | undefined> | SearchEngineInput | null | undefined;
}>;


export type SearchUpdateSearchEnginesMutation = { search: { updateSearchEngines: { responseResult: { succeeded: boolean, errorCode: number, slug: string, message: string | null } } } };

export type SearchRebuildIndexMutationVariables = Exact<{ [key: string]: never; }>;


export type SearchRebuildIndexMutation = { search: { rebuildIndex: { responseResult: { succeeded: boolean, errorCode: number, slug: string, message: string | null } } } };

export type SearchEngineFragment = { key: string, title: string, description: string | null, isEnabled: boolean, isAvailable: boolean | null, logo: string | null, website: string | null, config: Array<{ key: string, value: string }> };

export type SiteConfigQueryVariables = Exact<{ [key: string]: never; }>;


export type SiteConfigQuery = { site: { config: { host: string | null, title: string | null, description: string | null, robots: Array<string> | null, analyticsService: string | null, analyticsId: string | null, company: string | null, contentLicense: string | null, footerOverride: string | null, logoUrl: string | null, pageExtensions: string | null, authAutoLogin: boolean | null, authEnforce2FA: boolean | null, authHideLocal: boolean | null, authLoginBgUrl: string | null, authJwtAudience: string | null, authJwtExpiration: string | null, authJwtRenewablePeriod: string | null, editFab: boolean | null, editMenuBar: boolean | null, editMenuBtn: boolean | null, editMenuExternalBtn: boolean | null, editMenuExternalName: string | null, editMenuExternalIcon: string | null, editMenuExternalUrl: string | null, featurePageRatings: boolean | null, featurePageComments: boolean | null, featurePersonalWikis: boolean | null, securityOpenRedirect: boolean | null, securityIframe: boolean | null, securityReferrerPolicy: boolean | null, securityTrustProxy: boolean | null, securitySRI: boolean | null, securityHSTS: boolean | null, securityHSTSDuration: number | null, securityCSP: boolean | null, securityCSPDirectives: string | null, uploadMaxFileSize: number | null, uploadMaxFiles: number | null, uploadScanSVG: boolean | null, uploadForceDownload: boolean | null } } };

export type SiteUpdateConfigMutationVariables = Exact<{
  host?: string | null | undefined;
  title?: string | null | undefined;
  description?: string | null | undefined;
  robots?: Array<string | null | undefined> | string | null | undefined;
  analyticsService?: string | null | undefined;
  analyticsId?: string | null | undefined;
  company?: string | null | undefined;
  contentLicense?: string | null | undefined;
  footerOverride?: string | null | undefined;
  logoUrl?: string | null | undefined;
  pageExtensions?: string | null | undefined;
  authAutoLogin?: boolean | null | undefined;
  authEnforce2FA?: boolean | null | undefined;
  authHideLocal?: boolean | null | undefined;
  authLoginBgUrl?: string | null | undefined;
  authJwtAudience?: string | null | undefined;
  authJwtExpiration?: string | null | undefined;
  authJwtRenewablePeriod?: string | null | undefined;
  editFab?: boolean | null | undefined;
  editMenuBar?: boolean | null | undefined;
  editMenuBtn?: boolean | null | undefined;
  editMenuExternalBtn?: boolean | null | undefined;
  editMenuExternalName?: string | null | undefined;
  editMenuExternalIcon?: string | null | undefined;
  editMenuExternalUrl?: string | null | undefined;
  featurePageRatings?: boolean | null | undefined;
  featurePageComments?: boolean | null | undefined;
  featurePersonalWikis?: boolean | null | undefined;
  securityOpenRedirect?: boolean | null | undefined;
  securityIframe?: boolean | null | undefined;
  securityReferrerPolicy?: boolean | null | undefined;
  securityTrustProxy?: boolean | null | undefined;
  securitySRI?: boolean | null | undefined;
  securityHSTS?: boolean | null | undefined;
  securityHSTSDuration?: number | null | undefined;
  securityCSP?: boolean | null | undefined;
  securityCSPDirectives?: string | null | undefined;
  uploadMaxFileSize?: number | null | undefined;
  uploadMaxFiles?: number | null | undefined;
  uploadScanSVG?: boolean | null | undefined;
  uploadForceDownload?: boolean | null | undefined;
}>;


export type SiteUpdateConfigMutation = { site: { updateConfig: { responseResult: { succeeded: boolean, errorCode: number, slug: string, message: string | null } } } };

export type SiteSettingsFragment = { host: string | null, title: string | null, description: string | null, robots: Array<string> | null, analyticsService: string | null, analyticsId: string | null, company: string | null, contentLicense: string | null, footerOverride: string | null, logoUrl: string | null, pageExtensions: string | null, authAutoLogin: boolean | null, authEnforce2FA: boolean | null, authHideLocal: boolean | null, authLoginBgUrl: string | null, authJwtAudience: string | null, authJwtExpiration: string | null, authJwtRenewablePeriod: string | null, editFab: boolean | null, editMenuBar: boolean | null, editMenuBtn: boolean | null, editMenuExternalBtn: boolean | null, editMenuExternalName: string | null, editMenuExternalIcon: string | null, editMenuExternalUrl: string | null, featurePageRatings: boolean | null, featurePageComments: boolean | null, featurePersonalWikis: boolean | null, securityOpenRedirect: boolean | null, securityIframe: boolean | null, securityReferrerPolicy: boolean | null, securityTrustProxy: boolean | null, securitySRI: boolean | null, securityHSTS: boolean | null, securityHSTSDuration: number | null, securityCSP: boolean | null, securityCSPDirectives: string | null, uploadMaxFileSize: number | null, uploadMaxFiles: number | null, uploadScanSVG: boolean | null, uploadForceDownload: boolean | null };

export type StorageTargetsQueryVariables = Exact<{ [key: string]: never; }>;


export type StorageTargetsQuery = { storage: { targets: Array<{ key: string, title: string, description: string | null, isEnabled: boolean, isAvailable: boolean, logo: string | null, website: string | null, supportedModes: Array<string> | null, mode: string | null, hasSchedule: boolean, syncInterval: string | null, syncIntervalDefault: string | null, config: Array<{ key: string, value: string }>, actions: Array<{ handler: string, label: string, hint: string }> | null }> } };

export type StorageStatusQueryVariables = Exact<{ [key: string]: never; }>;


export type StorageStatusQuery = { storage: { status: Array<{ key: string, title: string, status: string, message: string }> } };

export type StorageStatusDetailQueryVariables = Exact<{ [key: string]: never; }>;


export type StorageStatusDetailQuery = { storage: { status: Array<{ lastAttempt: string, key: string, title: string, status: string, message: string }> } };

export type StorageUpdateTargetsMutationVariables = Exact<{
  targets: Array<StorageTargetInput | null | undefined> | StorageTargetInput;
}>;


export type StorageUpdateTargetsMutation = { storage: { updateTargets: { responseResult: { succeeded: boolean, errorCode: number, slug: string, message: string | null } } } };

export type StorageExecuteActionMutationVariables = Exact<{
  targetKey: string;
  handler: string;
}>;


export type StorageExecuteActionMutation = { storage: { executeAction: { responseResult: { succeeded: boolean, errorCode: number, slug: string, message: string | null } } } };

export type StorageTargetFragment = { key: string, title: string, description: string | null, isEnabled: boolean, isAvailable: boolean, logo: string | null, website: string | null, supportedModes: Array<string> | null, mode: string | null, hasSchedule: boolean, syncInterval: string | null, syncIntervalDefault: string | null, config: Array<{ key: string, value: string }>, actions: Array<{ handler: string, label: string, hint: string }> | null };

export type StorageActionFragment = { handler: string, label: string, hint: string };

export type StorageTargetStatusFragment = { key: string, title: string, status: string, message: string };

export type StorageTargetStatusDetailFragment = { lastAttempt: string, key: string, title: string, status: string, message: string };

export type SystemFlagsQueryVariables = Exact<{ [key: string]: never; }>;


export type SystemFlagsQuery = { system: { flags: Array<{ key: string, value: boolean }> } };

export type SystemInfoQueryVariables = Exact<{ [key: string]: never; }>;


export type SystemInfoQuery = { system: { info: { configFile: string | null, cpuCores: number | null, currentVersion: string | null, dbHost: string | null, dbType: string | null, dbVersion: string | null, groupsTotal: number | null, hostname: string | null, httpPort: number | null, httpRedirection: boolean | null, httpsPort: number | null, latestVersion: string | null, latestVersionReleaseDate: string | null, nodeVersion: string | null, operatingSystem: string | null, pagesTotal: number | null, platform: string | null, ramTotal: string | null, sslDomain: string | null, sslExpirationDate: string | null, sslProvider: string | null, sslStatus: string | null, sslSubscriberEmail: string | null, tagsTotal: number | null, telemetry: boolean | null, telemetryClientId: string | null, upgradeCapable: boolean | null, usersTotal: number | null, workingDirectory: string | null } } };

export type SystemInfoVersionQueryVariables = Exact<{ [key: string]: never; }>;


export type SystemInfoVersionQuery = { system: { info: { currentVersion: string | null, latestVersion: string | null, latestVersionReleaseDate: string | null } } };

export type SystemInfoContentQueryVariables = Exact<{ [key: string]: never; }>;


export type SystemInfoContentQuery = { system: { info: { pagesTotal: number | null, tagsTotal: number | null } } };

export type SystemInfoAccountsQueryVariables = Exact<{ [key: string]: never; }>;


export type SystemInfoAccountsQuery = { system: { info: { usersTotal: number | null, groupsTotal: number | null } } };

export type SystemExtensionsQueryVariables = Exact<{ [key: string]: never; }>;


export type SystemExtensionsQuery = { system: { extensions: Array<{ key: string, title: string, description: string, isInstalled: boolean, isCompatible: boolean }> } };

export type SystemExportStatusQueryVariables = Exact<{ [key: string]: never; }>;


export type SystemExportStatusQuery = { system: { exportStatus: { status: string, progress: number, message: string, startedAt: string | null } } };

export type SystemUpdateFlagsMutationVariables = Exact<{
  flags: Array<SystemFlagInput | null | undefined> | SystemFlagInput;
}>;


export type SystemUpdateFlagsMutation = { system: { updateFlags: { responseResult: { succeeded: boolean, errorCode: number, slug: string, message: string | null } } } };

export type SystemResetTelemetryClientIdMutationVariables = Exact<{ [key: string]: never; }>;


export type SystemResetTelemetryClientIdMutation = { system: { resetTelemetryClientId: { responseResult: { succeeded: boolean, errorCode: number, slug: string, message: string | null } } } };

export type SystemSetTelemetryMutationVariables = Exact<{
  enabled: boolean;
}>;


export type SystemSetTelemetryMutation = { system: { setTelemetry: { responseResult: { succeeded: boolean, errorCode: number, slug: string, message: string | null } } } };

export type SystemPerformUpgradeMutationVariables = Exact<{ [key: string]: never; }>;


export type SystemPerformUpgradeMutation = { system: { performUpgrade: { responseResult: { succeeded: boolean, errorCode: number, slug: string, message: string | null } } } };

export type SystemImportUsersFromV1MutationVariables = Exact<{
  mongoDbConnString: string;
  groupMode: SystemImportUsersGroupMode;
}>;


export type SystemImportUsersFromV1Mutation = { system: { importUsersFromV1: { usersCount: number | null, groupsCount: number | null, responseResult: { succeeded: boolean, errorCode: number, slug: string, message: string | null }, failed: Array<{ provider: string | null, email: string | null, error: string | null }> | null } } };

export type SystemSetHTTPSRedirectionMutationVariables = Exact<{
  enabled: boolean;
}>;


export type SystemSetHTTPSRedirectionMutation = { system: { setHTTPSRedirection: { responseResult: { succeeded: boolean, errorCode: number, slug: string, message: string | null } } } };

export type SystemRenewHTTPSCertificateMutationVariables = Exact<{ [key: string]: never; }>;


export type SystemRenewHTTPSCertificateMutation = { system: { renewHTTPSCertificate: { responseResult: { succeeded: boolean, errorCode: number, slug: string, message: string | null } } } };

export type SystemExportMutationVariables = Exact<{
  entities: Array<string | null | undefined> | string;
  path: string;
}>;


export type SystemExportMutation = { system: { export: { responseResult: { succeeded: boolean, errorCode: number, slug: string, message: string | null } } } };

export type SystemFlagFragment = { key: string, value: boolean };

export type ServerInfoFragment = { configFile: string | null, cpuCores: number | null, currentVersion: string | null, dbHost: string | null, dbType: string | null, dbVersion: string | null, groupsTotal: number | null, hostname: string | null, httpPort: number | null, httpRedirection: boolean | null, httpsPort: number | null, latestVersion: string | null, latestVersionReleaseDate: string | null, nodeVersion: string | null, operatingSystem: string | null, pagesTotal: number | null, platform: string | null, ramTotal: string | null, sslDomain: string | null, sslExpirationDate: string | null, sslProvider: string | null, sslStatus: string | null, sslSubscriberEmail: string | null, tagsTotal: number | null, telemetry: boolean | null, telemetryClientId: string | null, upgradeCapable: boolean | null, usersTotal: number | null, workingDirectory: string | null };

export type ServerVersionFragment = { currentVersion: string | null, latestVersion: string | null, latestVersionReleaseDate: string | null };

export type ContentTotalsFragment = { pagesTotal: number | null, tagsTotal: number | null };

export type AccountTotalsFragment = { usersTotal: number | null, groupsTotal: number | null };

export type SystemExtensionFragment = { key: string, title: string, description: string, isInstalled: boolean, isCompatible: boolean };

export type ExportStatusFragment = { status: string, progress: number, message: string, startedAt: string | null };

export type UserImportResultFragment = { usersCount: number | null, groupsCount: number | null, responseResult: { succeeded: boolean, errorCode: number, slug: string, message: string | null }, failed: Array<{ provider: string | null, email: string | null, error: string | null }> | null };

export type UserImportFailureFragment = { provider: string | null, email: string | null, error: string | null };

export type ThemingThemesQueryVariables = Exact<{ [key: string]: never; }>;


export type ThemingThemesQuery = { theming: { themes: Array<{ key: string | null, title: string | null, author: string | null }> } };

export type ThemingConfigQueryVariables = Exact<{ [key: string]: never; }>;


export type ThemingConfigQuery = { theming: { config: { theme: string, iconset: string, darkMode: boolean, tocPosition: string | null, injectCSS: string | null, injectHead: string | null, injectBody: string | null } } };

export type ThemingSetConfigMutationVariables = Exact<{
  theme: string;
  iconset: string;
  darkMode: boolean;
  tocPosition?: string | null | undefined;
  injectCSS?: string | null | undefined;
  injectHead?: string | null | undefined;
  injectBody?: string | null | undefined;
}>;


export type ThemingSetConfigMutation = { theming: { setConfig: { responseResult: { succeeded: boolean, errorCode: number, slug: string, message: string | null } } } };

export type ThemeFragment = { key: string | null, title: string | null, author: string | null };

export type ThemeSettingsFragment = { theme: string, iconset: string, darkMode: boolean, tocPosition: string | null, injectCSS: string | null, injectHead: string | null, injectBody: string | null };

export type UsersListQueryVariables = Exact<{
  filter?: string | null | undefined;
  orderBy?: string | null | undefined;
}>;


export type UsersListQuery = { users: { list: Array<{ id: number, name: string, email: string, providerKey: string, isSystem: boolean, isActive: boolean, createdAt: string, lastLoginAt: string | null }> } };

export type UsersSearchQueryVariables = Exact<{
  query: string;
}>;


export type UsersSearchQuery = { users: { search: Array<{ id: number, name: string, email: string, providerKey: string, createdAt: string }> } };

export type UsersSingleQueryVariables = Exact<{
  id: number;
}>;


export type UsersSingleQuery = { users: { single: { id: number, name: string, email: string, providerKey: string, providerName: string | null, providerId: string | null, providerIs2FACapable: boolean | null, isSystem: boolean, isActive: boolean, isVerified: boolean, location: string, jobTitle: string, timezone: string, dateFormat: string, appearance: string, createdAt: string, updatedAt: string, lastLoginAt: string | null, tfaIsActive: boolean, groups: Array<{ id: number, name: string, isSystem: boolean }> } } };

export type UsersProfileQueryVariables = Exact<{ [key: string]: never; }>;


export type UsersProfileQuery = { users: { profile: { id: number, name: string, email: string, providerKey: string | null, providerName: string | null, isSystem: boolean, isVerified: boolean, location: string, jobTitle: string, timezone: string, dateFormat: string, appearance: string, createdAt: string, updatedAt: string, lastLoginAt: string | null, groups: Array<string>, pagesTotal: number } } };

export type UsersLastLoginsQueryVariables = Exact<{ [key: string]: never; }>;


export type UsersLastLoginsQuery = { users: { lastLogins: Array<{ id: number, name: string, lastLoginAt: string }> } };

export type UsersCreateMutationVariables = Exact<{
  email: string;
  name: string;
  providerKey: string;
  groups: Array<number | null | undefined> | number;
  passwordRaw?: string | null | undefined;
  mustChangePassword?: boolean | null | undefined;
  sendWelcomeEmail?: boolean | null | undefined;
}>;


export type UsersCreateMutation = { users: { create: { responseResult: { succeeded: boolean, errorCode: number, slug: string, message: string | null } } } };

export type UsersUpdateMutationVariables = Exact<{
  id: number;
  email?: string | null | undefined;
  name?: string | null | undefined;
  newPassword?: string | null | undefined;
  groups?: Array<number | null | undefined> | number | null | undefined;
  location?: string | null | undefined;
  jobTitle?: string | null | undefined;
  timezone?: string | null | undefined;
  dateFormat?: string | null | undefined;
  appearance?: string | null | undefined;
}>;


export type UsersUpdateMutation = { users: { update: { responseResult: { succeeded: boolean, errorCode: number, slug: string, message: string | null } } } };

export type UsersDeleteMutationVariables = Exact<{
  id: number;
  replaceId: number;
}>;


export type UsersDeleteMutation = { users: { delete: { responseResult: { succeeded: boolean, errorCode: number, slug: string, message: string | null } } } };

export type UsersVerifyMutationVariables = Exact<{
  id: number;
}>;


export type UsersVerifyMutation = { users: { verify: { responseResult: { succeeded: boolean, errorCode: number, slug: string, message: string | null } } } };

export type UsersActivateMutationVariables = Exact<{
  id: number;
}>;


export type UsersActivateMutation = { users: { activate: { responseResult: { succeeded: boolean, errorCode: number, slug: string, message: string | null } } } };

export type UsersDeactivateMutationVariables = Exact<{
  id: number;
}>;


export type UsersDeactivateMutation = { users: { deactivate: { responseResult: { succeeded: boolean, errorCode: number, slug: string, message: string | null } } } };

export type UsersEnableTFAMutationVariables = Exact<{
  id: number;
}>;


export type UsersEnableTFAMutation = { users: { enableTFA: { responseResult: { succeeded: boolean, errorCode: number, slug: string, message: string | null } } } };

export type UsersDisableTFAMutationVariables = Exact<{
  id: number;
}>;


export type UsersDisableTFAMutation = { users: { disableTFA: { responseResult: { succeeded: boolean, errorCode: number, slug: string, message: string | null } } } };

export type UsersResetPasswordMutationVariables = Exact<{
  id: number;
}>;


export type UsersResetPasswordMutation = { users: { resetPassword: { responseResult: { succeeded: boolean, errorCode: number, slug: string, message: string | null } | null } } };

export type UsersUpdateProfileMutationVariables = Exact<{
  name: string;
  location: string;
  jobTitle: string;
  timezone: string;
  dateFormat: string;
  appearance: string;
}>;


export type UsersUpdateProfileMutation = { users: { updateProfile: { jwt: string | null, responseResult: { succeeded: boolean, errorCode: number, slug: string, message: string | null } } } };

export type UsersChangePasswordMutationVariables = Exact<{
  current: string;
  new: string;
}>;


export type UsersChangePasswordMutation = { users: { changePassword: { jwt: string | null, responseResult: { succeeded: boolean, errorCode: number, slug: string, message: string | null } } } };

export type UserSummaryFragment = { id: number, name: string, email: string, providerKey: string, isSystem: boolean, isActive: boolean, createdAt: string, lastLoginAt: string | null };

export type UserSearchHitFragment = { id: number, name: string, email: string, providerKey: string, createdAt: string };

export type UserFragment = { id: number, name: string, email: string, providerKey: string, providerName: string | null, providerId: string | null, providerIs2FACapable: boolean | null, isSystem: boolean, isActive: boolean, isVerified: boolean, location: string, jobTitle: string, timezone: string, dateFormat: string, appearance: string, createdAt: string, updatedAt: string, lastLoginAt: string | null, tfaIsActive: boolean, groups: Array<{ id: number, name: string, isSystem: boolean }> };

export type UserProfileFragment = { id: number, name: string, email: string, providerKey: string | null, providerName: string | null, isSystem: boolean, isVerified: boolean, location: string, jobTitle: string, timezone: string, dateFormat: string, appearance: string, createdAt: string, updatedAt: string, lastLoginAt: string | null, groups: Array<string>, pagesTotal: number };

export type LastLoginFragment = { id: number, name: string, lastLoginAt: string };

export type UserTokenResultFragment = { jwt: string | null, responseResult: { succeeded: boolean, errorCode: number, slug: string, message: string | null } };

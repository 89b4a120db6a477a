import type { Seed } from "../../model/seed";

/** Where a node's place, kind and version stand; what it does, and what it is called, does not come along. */
const NODES = [
  "id",
  "type",
  "typeVersion",
  "position",
  "position.*",
  "disabled",
  "name:",
  "parameters",
  "credentials",
].map((place) => `*.${place}`);

/** Kinds of connections and their order; whom they connect is known by made-up names, the same as the nodes'. */
const CONNECTIONS = [
  ...["main", "error", "ai_tool", "ai_languageModel", "ai_memory", "ai_outputParser", "ai_agent", "ai_embedding"],
  ...["*.*.*.node:", "*.*.*.type", "*.*.*.index"],
].map((place) => `*.${place}`);

/**
 * What a seed has of n8n 2.7: its accounts as nobody's, its projects, and the form of its workflows, which do not run: nodes without what
 * they do. No credentials, webhooks, variables, executions or settings; the key that credentials are encrypted with is another one there.
 */
export const N8N_SEED: Seed = {
  kind: "sanitised",
  tables: {
    migrations: { keep: "id timestamp name" },
    user: {
      keep: "id createdAt updatedAt disabled lastActiveAt roleSlug",
      email: "email",
      name: "firstName lastName",
      null: "password personalizationAnswers settings mfaSecret mfaRecoveryCodes",
      constant: { mfaEnabled: "false" },
    },
    // Its set-up makes the owner; all else is logins, licences and what was looked at.
    settings: {
      keep: "key loadOnStartup",
      constant: { value: "false" },
      only: { key: ["userManagement.isInstanceOwnerSetUp"] },
    },
    role: { keep: "slug roleType systemRole createdAt updatedAt", text: "displayName description" },
    scope: { keep: "slug", text: "displayName description" },
    role_scope: { keep: "roleSlug scopeSlug" },
    project: { keep: "id type createdAt updatedAt creatorId", name: "name", null: "icon description" },
    project_relation: { keep: "projectId userId role createdAt updatedAt" },
    folder: { keep: "id parentFolderId projectId createdAt updatedAt", text: "name" },
    folder_tag: { keep: "folderId tagId" },
    tag_entity: { keep: "id createdAt updatedAt", token: "name" },
    workflows_tags: { keep: "workflowId tagId" },
    shared_workflow: { keep: "workflowId projectId role createdAt updatedAt" },
    workflow_entity: {
      keep: "id createdAt updatedAt versionId parentFolderId isArchived versionCounter",
      text: "name description",
      json: { nodes: NODES, connections: CONNECTIONS },
      null: "staticData pinData meta activeVersionId",
      constant: { active: "false", triggerCount: "0", settings: '{"executionOrder":"v1"}' },
    },
    workflow_history: {
      keep: "versionId workflowId createdAt updatedAt autosaved",
      name: "authors",
      text: "name description",
      json: { nodes: NODES, connections: CONNECTIONS },
    },
    annotation_tag_entity: "empty",
    auth_identity: "empty",
    auth_provider_sync_history: "empty",
    binary_data: "empty",
    chat_hub_agents: "empty",
    chat_hub_messages: "empty",
    chat_hub_sessions: "empty",
    credentials_entity: "empty",
    data_table: "empty",
    data_table_column: "empty",
    dynamic_credential_entry: "empty",
    dynamic_credential_resolver: "empty",
    dynamic_credential_user_entry: "empty",
    event_destinations: "empty",
    execution_annotation_tags: "empty",
    execution_annotations: "empty",
    execution_data: "empty",
    execution_entity: "empty",
    execution_metadata: "empty",
    insights_by_period: "empty",
    insights_metadata: "empty",
    insights_raw: "empty",
    installed_nodes: "empty",
    installed_packages: "empty",
    invalid_auth_token: "empty",
    oauth_access_tokens: "empty",
    oauth_authorization_codes: "empty",
    oauth_clients: "empty",
    oauth_refresh_tokens: "empty",
    oauth_user_consents: "empty",
    processed_data: "empty",
    project_secrets_provider_access: "empty",
    secrets_provider_connection: "empty",
    shared_credentials: "empty",
    test_case_execution: "empty",
    test_run: "empty",
    user_api_keys: "empty",
    variables: "empty",
    webhook_entity: "empty",
    workflow_dependency: "empty",
    workflow_publish_history: "empty",
    workflow_published_version: "empty",
    workflow_statistics: "empty",
  },
  // Rows of the tables that people make in it.
  absent: ["^data_table_user_"],
};

import type { Seed } from "../../../../model/seed";

const TOKENS = "created_by updated_by";

/**
 * What a seed has of LiteLLM 1.81: who may spend how much, as nobody's. No keys, models, prompts or logs of spending: each stack makes
 * its own keys.
 */
export const LITELLM_SEED: Seed = {
  kind: "sanitised",
  tables: {
    _prisma_migrations: {
      keep: "id checksum finished_at migration_name rolled_back_at started_at applied_steps_count",
      null: "logs",
    },
    LiteLLM_BudgetTable: {
      keep: "max_budget soft_budget max_parallel_requests tpm_limit rpm_limit budget_duration budget_reset_at created_at updated_at",
      token: `budget_id ${TOKENS}`,
      null: "model_max_budget",
    },
    LiteLLM_OrganizationTable: {
      keep: "spend created_at updated_at",
      token: `organization_id budget_id ${TOKENS}`,
      text: "organization_alias",
      null: "object_permission_id",
      constant: { metadata: "{}", models: "{}", model_spend: "{}" },
    },
    LiteLLM_TeamTable: {
      keep: "max_budget spend max_parallel_requests tpm_limit rpm_limit budget_duration budget_reset_at blocked created_at updated_at",
      token: "team_id organization_id",
      text: "team_alias",
      null: "model_id object_permission_id router_settings",
      constant: {
        ...{ admins: "{}", members: "{}", members_with_roles: "[]", metadata: "{}", models: "{}" },
        ...{ model_spend: "{}", model_max_budget: "{}", team_member_permissions: "{}", policies: "{}" },
      },
    },
    LiteLLM_UserTable: {
      keep: "user_role max_budget spend max_parallel_requests tpm_limit rpm_limit budget_duration budget_reset_at created_at updated_at",
      token: "user_id team_id organization_id",
      email: "user_email",
      name: "user_alias",
      null: "sso_user_id password object_permission_id",
      constant: {
        ...{ teams: "{}", models: "{}", metadata: "{}", allowed_cache_controls: "{}", model_spend: "{}" },
        ...{ model_max_budget: "{}", policies: "{}" },
      },
    },
    LiteLLM_AgentsTable: "empty",
    LiteLLM_AuditLog: "empty",
    LiteLLM_CacheConfig: "empty",
    LiteLLM_Config: "empty",
    LiteLLM_CredentialsTable: "empty",
    LiteLLM_CronJob: "empty",
    LiteLLM_DailyAgentSpend: "empty",
    LiteLLM_DailyEndUserSpend: "empty",
    LiteLLM_DailyOrganizationSpend: "empty",
    LiteLLM_DailyTagSpend: "empty",
    LiteLLM_DailyTeamSpend: "empty",
    LiteLLM_DailyUserSpend: "empty",
    LiteLLM_DeletedTeamTable: "empty",
    LiteLLM_DeletedVerificationToken: "empty",
    LiteLLM_EndUserTable: "empty",
    LiteLLM_ErrorLogs: "empty",
    LiteLLM_GuardrailsTable: "empty",
    LiteLLM_HealthCheckTable: "empty",
    LiteLLM_InvitationLink: "empty",
    LiteLLM_MCPServerTable: "empty",
    LiteLLM_ManagedFileTable: "empty",
    LiteLLM_ManagedObjectTable: "empty",
    LiteLLM_ManagedVectorStoreIndexTable: "empty",
    LiteLLM_ManagedVectorStoresTable: "empty",
    LiteLLM_ModelTable: "empty",
    LiteLLM_ObjectPermissionTable: "empty",
    LiteLLM_OrganizationMembership: "empty",
    LiteLLM_PolicyAttachmentTable: "empty",
    LiteLLM_PolicyTable: "empty",
    LiteLLM_PromptTable: "empty",
    LiteLLM_ProxyModelTable: "empty",
    LiteLLM_SSOConfig: "empty",
    LiteLLM_SearchToolsTable: "empty",
    LiteLLM_SkillsTable: "empty",
    LiteLLM_SpendLogs: "empty",
    LiteLLM_TagTable: "empty",
    LiteLLM_TeamMembership: "empty",
    LiteLLM_UISettings: "empty",
    LiteLLM_UserNotifications: "empty",
    LiteLLM_VerificationToken: "empty",
  },
};

import type { Seed } from "../../../../model/seed";

/**
 * What a seed has of Kaneo 2.1 (`apps/api/src/database/schema.ts`): its people as nobody's, and how its work is cut, without a word of what
 * it is. No logins, keys, invitations or messages.
 */
export const KANEO_SEED: Seed = {
  kind: "sanitised",
  tables: {
    "drizzle.__drizzle_migrations": { keep: "id hash created_at" },
    user: {
      keep: "id email_verified created_at updated_at is_anonymous",
      email: "email",
      name: "name",
      null: "image",
    },
    workspace: { keep: "id created_at", text: "name description", token: "slug", null: "logo metadata" },
    workspace_member: { keep: "id workspace_id user_id role joined_at" },
    team: { keep: "id workspace_id created_at updated_at", text: "name" },
    team_member: { keep: "id team_id user_id created_at" },
    project: {
      keep: "id workspace_id icon created_at",
      text: "slug name description",
      constant: { is_public: "false" },
    },
    task: {
      keep: "id project_id position number assignee_id status priority due_date created_at",
      text: "title description",
    },
    time_entry: { keep: "id task_id user_id start_time end_time duration created_at", text: "description" },
    label: { keep: "id color created_at task_id workspace_id", text: "name" },
    session: "empty",
    account: "empty",
    verification: "empty",
    invitation: "empty",
    activity: "empty",
    notification: "empty",
    github_integration: "empty",
    apikey: "empty",
    // Of the lab's stand-in.
    stand_in_accounts: "empty",
  },
};

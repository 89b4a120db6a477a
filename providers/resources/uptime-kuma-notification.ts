import { isDeepStrictEqual } from "node:util";
import type { Kind } from "../implementation";
import { resourceOf } from "../resource";
import { configured, CUSTOM_WEBHOOK, described, isOurs, type Notification } from "../uptime-kuma/notification";
import { asOwner, type Owned } from "../uptime-kuma/owner";

/** What a deployment has an Uptime Kuma do when one of its monitors fails, or works again; people's own are theirs. */
export interface UptimeKumaNotificationInputs extends Owned, Notification {}

export const uptimeKumaNotificationKind: Kind<UptimeKumaNotificationInputs> = {
  version: 1,
  identity: [],
  id: ({ server }) => `${server.container}:notification`,
  title: ({ server, connection }) => `the notification in ${server.container} on ${connection.host}`,
  check: ({ form }) =>
    form === CUSTOM_WEBHOOK ? [] : [{ property: "form", reason: `expected ${CUSTOM_WEBHOOK}, found ${form}` }],
  async ensure(inputs) {
    await asOwner(
      inputs,
      async (session, { notifications }) => {
        const [first, ...more] = notifications.filter(isOurs);
        for (const { id } of more) await session.must("deleteNotification", id);
        if (first === undefined || !isDeepStrictEqual(described(first), notificationIn(inputs)))
          await session.must("addNotification", configured(inputs), first?.id ?? null);
      },
      [inputs.url, JSON.stringify(inputs.body).slice(1, -1)],
    );
    return inputs;
  },
  observe: (state) =>
    asOwner(state, (_session, { notifications }) => {
      const first = notifications.find(isOurs);
      return Promise.resolve(first === undefined ? undefined : { ...state, ...described(first) });
    }),
  remove: (state) =>
    asOwner(state, async (session, { notifications }) => {
      for (const { id } of notifications.filter(isOurs)) await session.must("deleteNotification", id);
    }),
};

const notificationIn = ({ name, url, body, headers, form }: Notification): Notification => ({
  ...{ name, url, body, headers, form },
});

/** Whom an Uptime Kuma on a host tells of the monitors of a deployment. They name it themselves. */
export class UptimeKumaNotification extends resourceOf(uptimeKumaNotificationKind, {
  type: "vpai/uptimekuma:Notification",
  name: "uptimeKumaNotification",
  defaults: { headers: '{"Content-Type":"application/json"}', form: CUSTOM_WEBHOOK },
  outputs: {},
}) {}

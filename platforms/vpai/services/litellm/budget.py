"""The day's budget of LLM calls, as callbacks of LiteLLM's proxy.

Counts what calls cost. Once the day's money is spent, or while the eco mode is on, every deployment that costs something is
left out of the router's choice, so that the fallbacks answer: the free models. Whoever may, asks for the figures and switches
the eco mode by a chat with the model "budget".
"""

import asyncio
import hmac
import json
import logging
from datetime import datetime, timezone
from pathlib import Path
from urllib.request import Request, urlopen

from fastapi import HTTPException
from litellm.exceptions import RejectedRequestError
from litellm.integrations.custom_logger import CustomLogger
from litellm.types.router import RouterErrors
from prometheus_client import Gauge

SETTINGS = json.loads(Path(__file__).with_name("budget.json").read_text())
"""dayBudget: USD; apart: providers with a budget of their own; desk: name of the model that answers about the budget;
chat, secret: files with the number of the chat, and the token that Telegram sends, of who may ask; bot: file with the token of the
bot that is asked; telegram, webhook: addresses of Telegram's Bot API, and of the workflow that hands on what the bot is told."""

SECONDS = {"look": 15, "kept": 2 * 24 * 3600, "for good": 10 * 365 * 24 * 3600}
"""Between two looks at what Redis has; how long a day's sum is kept there, and the eco mode: LiteLLM's own default is a minute."""

ECO = "budget:eco"
USAGE = "Expected: /budget, /budget eco on, or /budget eco off."

log = logging.getLogger("budget")

SPENT_TODAY = Gauge("llm_spent_today_usd", "Cost of the day's LLM calls, but of providers with a budget apart.")
ECO_MODE = Gauge("llm_eco_mode", "Whether the eco mode was switched on by hand.")


def today():
    """The day in UTC: all clocks of the platform agree on it, whatever zone their image knows."""
    return datetime.now(timezone.utc).date().isoformat()


def router():
    from litellm.proxy import proxy_server

    return proxy_server.llm_router


def store():
    """Redis, by the router's own connection; None while there is none."""
    return router().cache.redis_cache if router() is not None else None


def is_free(deployment):
    """Only one whose price is said to be nothing is free: a model that LiteLLM has no price of may cost anything."""
    params = deployment.get("litellm_params") or {}
    return params.get("input_cost_per_token") == 0 and params.get("output_cost_per_token") == 0


def is_apart(deployment):
    return str((deployment.get("litellm_params") or {}).get("model", "")).split("/")[0] in SETTINGS["apart"]


def content_of(name):
    """What a secret's file holds; empty where the stack has no such secret."""
    file = Path(SETTINGS[name])
    return file.read_text().strip() if file.exists() else ""


def is_same(expected, given):
    return expected != "" and hmac.compare_digest(expected.encode(), str(given or "").encode())


def hand_on_commands():
    """Lets Telegram hand on what the bot is told. The bot's token is in the address: no error's text may be logged."""
    webhook = {"url": SETTINGS["webhook"], "secret_token": content_of("secret"), "allowed_updates": ["message"]}
    address = f"{SETTINGS['telegram']}/bot{content_of('bot')}/setWebhook"
    try:
        with urlopen(Request(address, json.dumps(webhook).encode(), {"content-type": "application/json"}), timeout=20) as told:
            return json.loads(told.read())["ok"] is True
    except Exception as error:
        log.warning("Telegram does not take the webhook of /budget: %s", type(error).__name__)
        return False


class Budget(CustomLogger):
    def __init__(self):
        super().__init__()
        self.day, self.spent, self.eco = today(), 0.0, False
        self.listening = content_of("bot") == ""
        self.task = asyncio.get_running_loop().create_task(self.keep_looking())

    async def keep_looking(self):
        while True:
            try:
                await self.look()
            except Exception as error:
                log.warning("what was spent today is not in Redis for now: %s", type(error).__name__)
            if not self.listening:
                self.listening = await asyncio.to_thread(hand_on_commands)
            await asyncio.sleep(SECONDS["look"])

    async def look(self):
        """Takes over what Redis has. It may have lost it, so that within a day the sum never falls."""
        self.begin_day()
        if (redis := store()) is None:
            return
        self.spent = max(self.spent, float(await redis.async_get_cache(self.key()) or 0))
        self.eco = {"on": True, "off": False}.get(await redis.async_get_cache(ECO), self.eco)
        self.show()

    def begin_day(self):
        if self.day != today():
            self.day, self.spent = today(), 0.0

    def key(self):
        return f"budget:spent:{self.day}"

    def show(self):
        SPENT_TODAY.set(self.spent)
        ECO_MODE.set(1 if self.eco else 0)

    def is_closed(self):
        self.begin_day()
        return self.eco or self.spent >= SETTINGS["dayBudget"]

    def why(self):
        return "the eco mode is on" if self.eco else f"the day's {SETTINGS['dayBudget']} USD are spent"

    async def async_log_success_event(self, kwargs, response_obj, start_time, end_time):
        payload = kwargs.get("standard_logging_object") or {}
        cost = float(payload.get("response_cost") or 0)
        if cost <= 0 or payload.get("custom_llm_provider") in SETTINGS["apart"]:
            return
        self.begin_day()
        self.spent += cost
        self.show()
        if (redis := store()) is not None:
            self.spent = max(self.spent, await redis.async_increment(self.key(), cost, ttl=SECONDS["kept"]))
            self.show()

    async def async_filter_deployments(
        self, model, healthy_deployments, messages, request_kwargs=None, parent_otel_span=None
    ):
        if not self.is_closed():
            return healthy_deployments
        left = [one for one in healthy_deployments if is_free(one) or is_apart(one)]
        if healthy_deployments and not left:
            # LiteLLM's own words for a spent budget, which it answers with 429 once no fallback is left.
            raise ValueError(f"{RouterErrors.no_deployments_with_provider_budget_routing.value}: {self.why()}")
        return left

    async def async_pre_call_hook(self, user_api_key_dict, cache, data, call_type):
        if data.get("model") == SETTINGS["desk"]:
            return await self.answer(user_api_key_dict, data)
        if self.is_closed() and self.goes_around(data, call_type):
            raise HTTPException(status_code=429, detail=f"{self.why()}; ask for a model by its name")
        return data

    def goes_around(self, data, call_type):
        """Calls that the router makes no choice for: sent to a provider as they are, or to one deployment by its id."""
        chosen = data.get("specific_deployment") or router().has_model_id(str(data.get("model")))
        return call_type == "pass_through_endpoint" or bool(chosen)

    async def answer(self, caller, data):
        self.admit(caller, data)
        words = str((data.get("messages") or [{}])[-1].get("content") or "").lower().split()
        if words and words[0].split("@")[0] == "/budget":
            words = words[1:]
        if words in (["eco", "on"], ["eco", "off"]):
            await self.switch(words[1] == "on")
        said = await self.report() if words in ([], ["eco", "on"], ["eco", "off"]) else USAGE
        # Returned, it is raised: LiteLLM then answers with its message, and asks nobody.
        answer = RejectedRequestError(message=said, model=data["model"], llm_provider="", request_data=data)
        answer.message = said
        return answer

    def admit(self, caller, data):
        """The administrator, and who writes in the one chat, as Telegram's token vouches for."""
        if getattr(caller.user_role, "value", caller.user_role) == "proxy_admin":
            return
        headers = (data.get("proxy_server_request") or {}).get("headers") or {}
        vouched = is_same(content_of("secret"), headers.get("x-telegram-bot-api-secret-token"))
        if not (vouched and is_same(content_of("chat"), data.get("user"))):
            raise HTTPException(status_code=403, detail="the budget answers the administrator and the owner's chat")

    async def switch(self, eco):
        self.eco = eco
        self.show()
        log.warning("the eco mode was switched %s", "on" if eco else "off")
        if (redis := store()) is not None:
            await redis.async_set_cache(ECO, "on" if eco else "off", ttl=SECONDS["for good"])

    async def report(self):
        await self.look()
        total = SETTINGS["dayBudget"]
        state = "on" if self.eco else "by itself, the day's money is spent" if self.is_closed() else "off"
        lines = [f"Spent today (UTC): {self.spent:.2f} of {total:.2f} USD", f"Eco mode: {state}"]
        return "\n".join(lines + await self.providers())

    async def providers(self):
        """As LiteLLM's own /provider/budgets tells it."""
        from litellm.proxy.spend_tracking.spend_management_endpoints import provider_budgets

        told = (await provider_budgets()).providers
        return [
            f"{name}: {one.spend or 0:.2f} of {one.budget_limit:.2f} USD in {one.time_period}" for name, one in told.items()
        ]


guard = Budget()

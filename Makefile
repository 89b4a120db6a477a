# The commands of the project; every one sets up what it needs first. `make help` lists them.
STACK ?= lab
HOST ?=
SERVICE ?=
JOB ?=
CMD ?=
SINCE ?=
LINES ?=
FOLLOW ?=
SERVICES ?=
RECREATE ?=
ECO ?=
ACTION ?=
WAIT ?=
FORMAT ?=
SECRET ?=
ALL ?=
# What is given outranks what an outer make (make test) left in the environment.
VPAI_SERVICES := $(or $(SERVICES),$(VPAI_SERVICES))
VPAI_RECREATE := $(or $(RECREATE),$(VPAI_RECREATE))
export STACK HOST SERVICE JOB CMD SINCE LINES FOLLOW ECO ACTION FORMAT VPAI_SERVICES VPAI_RECREATE SECRET ALL WAIT

# Make would expand the dollars in what its command line gives (SECRET_x='pa$$word'): what was given is passed on as it is.
GIVEN := $(foreach name,$(.VARIABLES),$(if $(filter command,$(origin $(name))),$(name)))
$(foreach name,$(GIVEN),$(if $(filter simple,$(flavor $(name))),$(error expected $(name)=value, found $(name):=value, of which make eats the dollars)))
# Make takes off white space behind the =, and only the kernel still knows of it.
CUT := $(if $(GIVEN),$(shell tr '\000\n' '\n ' 2>/dev/null </proc/$$PPID/cmdline | sed -n 's/^\(CMD\|SECRET_[A-Za-z0-9_]*\)[[:space:]]*[?+]\{0,1\}=[[:space:]].*/\1/p'))
$(foreach name,$(CUT),$(error expected $(name)=value, found white space behind the =, which make takes off; put it into the environment: $(name)='…' make …))
$(foreach name,$(GIVEN),$(eval override $(name) := $$(value $(name)))$(eval export $(name)))

RUN := node --require ./toolchain/loader/register.cjs
READY := @sh toolchain/bootstrap.sh $(STACK)

.DEFAULT_GOAL := help
.PHONY: help doctor up preview refresh down state-restore status logs restart exec run backups restore audit safety-check opencut ssh budget env secrets preview-comment images-lock image-caddy bench docs diagram hooks lint format test test-all test-unit rotate reboot recover recovery-kit bucket-undelete releases rollback seed seed-export vpn-toggle vpn-key drill drill-timer refresh-timer

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo "  Variables: STACK=lab|preprod|prod (default lab), CMD='<command>'"
	@echo "  HOST=<host>, SERVICE=<service>: limit up, preview and refresh to it and what it needs"
	@echo "  SERVICES=all|core,apps,monitoring,vpn,studio: which services the lab runs (default core); kept until make down"
	@echo "  RECREATE='<host>/database/<name> …': what held data, is gone, and may be made anew in this one run"

doctor: ## what this machine has, lacks, and how to get it
	@sh toolchain/bootstrap.sh --packages-only
	@$(RUN) commands/doctor.ts

up: ## bring the stack up (the lab by default)
	$(READY)
	@$(RUN) commands/up.ts

preview: ## what `up` would change; reaches no host
	$(READY)
	@$(RUN) commands/preview.ts

refresh: ## compare the hosts with the state, record drift, and report it to them, for the alert: [YES=1]
	$(READY)
	@$(RUN) commands/refresh.ts

down: ## take the stack down; of the lab nothing is left
	$(READY)
	@$(RUN) commands/down.ts

state-restore: ## show the effect of restoring a copy of the state: [FROM=<date>]; YES=1 restores it
	$(READY)
	@$(RUN) commands/state-restore.ts

status: ## hosts, services, images, health, URLs; real or stand-in; jobs, their last run and the next one
	$(READY)
	@$(RUN) commands/status.ts

logs: ## the log of a service: SERVICE=n8n [FOLLOW=1] [SINCE=1h] [LINES=100]
	$(READY)
	@$(RUN) commands/logs.ts

restart: ## restart a service, and wait until it is healthy: SERVICE=n8n
	$(READY)
	@$(RUN) commands/restart.ts

exec: ## run a command where a service runs, with this input: SERVICE=postgresql CMD='psql -U postgres'
	$(READY)
	@$(RUN) commands/exec.ts

run: ## run a job now, show its log, and exit with its result: JOB=obsidian-collector
	$(READY)
	@$(RUN) commands/run.ts

backups: ## what can be restored, how old it is, and when it was last read back: [HOST=sese-ai]
	$(READY)
	@$(RUN) commands/backups.ts

restore: ## restore a host's or a service's data, after confirmation, or lay them out with TO=: HOST=sese-ai [SERVICE=n8n] [AT=2026-11-29] [TO=/srv/look] [YES=1]
	$(READY)
	@$(RUN) commands/restore.ts

audit: ## how the hosts differ from the platform: what nobody declared, effective settings: [HOST=sese-ai] [FORMAT=json]
	$(READY)
	@$(RUN) commands/audit.ts

safety-check: ## whether this is a good moment for a change: the repository, logins, disks, backups, certificates, clocks: [HOST=]
	$(READY)
	@$(RUN) commands/safety-check.ts

vpn-toggle: ## who may reach VPN-only sites: VPN=on (members alone) or VPN=off (everybody), of one site with SITE=couch [YES=1]
	$(READY)
	@$(RUN) commands/vpn-toggle.ts

vpn-key: ## the command by which a device of vpai:devices joins the VPN, with a key for one use in 60 minutes: DEVICE=laptop; without it, who has joined
	$(READY)
	@$(RUN) commands/vpn-key.ts

rotate: ## give secrets new values, and test that they work and the old ones are refused: SECRET=redisPassword, or ALL=1 [YES=1]
	$(READY)
	@$(RUN) commands/rotate.ts

recover: ## recover a lost host: the state, its computer, its services, and its data from elsewhere, after confirmation: HOST=sese-ai [AT=2026-11-29] [YES=1]
	$(READY)
	@$(RUN) commands/recover.ts

drill: ## restore the newest backups in an isolated copy, and report RTO and RPO of each service: [HOST=] [KEEP=1] [FORMAT=json]
	$(READY)
	@$(RUN) commands/drill.ts

drill-timer: ## have this computer run make drill every Sunday, or stop that: ACTION=on|off
	$(READY)
	@$(RUN) commands/drill-timer.ts

refresh-timer: ## have this computer look for drift every night, for the alert Drift, or stop that: ACTION=on|off
	$(READY)
	@$(RUN) commands/refresh-timer.ts

recovery-kit: ## print, after confirmation, the sheet with which backups can be restored from S3 without this repository: [YES=1]
	$(READY)
	@$(RUN) commands/recovery-kit.ts

bucket-undelete: ## undo, after confirmation, what was deleted or overwritten in the backups' bucket: [YES=1]
	$(READY)
	@$(RUN) commands/bucket-undelete.ts

seed-export: ## make a seed of the newest backups, their data without users and keys, for other stacks: [HOST=sese-ai] [AT=2026-11-29]
	$(READY)
	@$(RUN) commands/seed-export.ts

seed: ## load the newest seed into the stack's databases that are empty, and say how old it is
	$(READY)
	@$(RUN) commands/seed.ts

releases: ## the versions that a service can be rolled back to, one from before each change of its image: SERVICE=n8n
	$(READY)
	@$(RUN) commands/releases.ts

rollback: ## roll a service's data, configuration and image back to a release, after confirmation: SERVICE=n8n [TO=2.7.3] [YES=1]
	$(READY)
	@$(RUN) commands/rollback.ts

opencut: ## start or stop OpenCut on the workstation, which is off otherwise: ACTION=start|stop
	$(READY)
	@SERVICE=opencut $(RUN) commands/on-demand.ts

reboot: ## reboot a host after confirmation, and wait until all its services are healthy: HOST=sese-ai [YES=1] [WAIT=600]
	$(READY)
	@$(RUN) commands/reboot.ts

ssh: ## log in: HOST=sese-ai [CMD='docker ps']
	$(READY)
	@$(RUN) commands/ssh.ts

budget: ## what LLM calls cost today; ECO=on|off switches the eco mode: the free models alone answer
	$(READY)
	@$(RUN) commands/budget.ts

env: ## shell exports with which plain `pulumi` works: eval "$(make -s env)"
	$(READY)
	@$(RUN) commands/env.ts

secrets: ## ask for, generate or import (IMPORT=secrets.yml) the stack's secrets
	$(READY)
	@$(RUN) commands/secrets.ts

preview-comment: ## a preview as Markdown, as the pull request shows it
	$(READY)
	@$(RUN) commands/preview-comment.ts

images-lock: ## pin every image by the digest its registry has now; CHECK=1 only compares
	@sh toolchain/bootstrap.sh $(if $(shell grep -s vpai:registries 'Pulumi.$(STACK).yaml'),$(STACK),--packages-only)
	@$(RUN) commands/images-lock.ts

image-caddy: ## build Caddy's image here, and its program for every processor; PUSH=1 publishes it
	@sh toolchain/bootstrap.sh --packages-only
	@$(RUN) commands/image-caddy.ts

bench: ## time the program alone, then cold up, no-op up, preview and refresh of the lab
	$(READY)
	@$(RUN) commands/bench.ts

docs: ## write what follows from the code: docs/platform.svg, .mmd, services.md, config.md, memory.md
	@sh toolchain/bootstrap.sh --packages-only
	@$(RUN) commands/docs.ts

diagram: docs ## the same

hooks: ## check what is staged at each commit in this clone: .githooks/pre-commit
	@git config core.hooksPath .githooks

lint: ## ESLint, prettier, the type checker, knip (unused code and packages), and the licences of what manifests name
	@sh toolchain/bootstrap.sh --packages-only
	@npm run --silent lint

format: ## let prettier write
	@sh toolchain/bootstrap.sh --packages-only
	@npm run --silent format

test: ## lint and every test, with labs of the core services
	$(READY)
	@npm run --silent lint
	@npm run --silent test

test-all: ## lint and every test, with a lab of all services (nightly)
	@VPAI_SERVICES=all sh toolchain/bootstrap.sh $(STACK)
	@npm run --silent lint
	@npm run --silent test:all

test-unit: ## the tests that need no engine and no Docker
	@sh toolchain/bootstrap.sh --packages-only
	@npm run --silent test:unit

package command

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	p "github.com/pulumi/pulumi-go-provider"

	"vpai/toolchain/plugins/internal/plugintest"
	"vpai/toolchain/plugins/internal/schematest"
)

const localToken = "command:local:Command"

type values = map[string]any

func TestSchemaIsCurrent(t *testing.T) { schematest.Current(t, "command", Provider()) }

func TestLocalCommandLivesItsLife(t *testing.T) {
	plugin := plugintest.New(t, "command", Provider())
	directory := t.TempDir()
	inputs := values{
		"dir":         directory,
		"create":      `cat > made; echo "$GREETING $(pwd)"; echo warned >&2; echo`,
		"update":      `echo "before: $PULUMI_COMMAND_STDOUT / $PULUMI_COMMAND_STDERR"`,
		"delete":      `rm made; echo "$PULUMI_COMMAND_STDOUT" > deleted`,
		"stdin":       "line one\n$HOME `id` %s {{x}} 'ü'\n",
		"environment": values{"GREETING": "hello $USER"},
	}
	command := plugin.MustCreate(localToken, inputs)
	// Only the last line break goes.
	if got, want := command.Text("stdout"), "hello $USER "+directory+"\n"; got != want {
		t.Errorf("stdout is %q, want %q", got, want)
	}
	if got := command.Text("stderr"); got != "warned" {
		t.Errorf("stderr is %q", got)
	}
	made, err := os.ReadFile(filepath.Join(directory, "made"))
	if err != nil || string(made) != inputs["stdin"] {
		t.Errorf("the command read %q from stdin (%v)", made, err)
	}
	inputs["environment"] = values{"GREETING": "bye"}
	command.MustUpdate(inputs)
	if got, want := command.Text("stdout"), "before: hello $USER "+directory+"\n / warned"; got != want {
		t.Errorf("after the update stdout is %q, want %q", got, want)
	}
	command.MustDelete()
	if _, err := os.Stat(filepath.Join(directory, "made")); !os.IsNotExist(err) {
		t.Errorf("delete did not run: %v", err)
	}
	if deleted, _ := os.ReadFile(filepath.Join(directory, "deleted")); !strings.HasPrefix(string(deleted), "before: hello") {
		t.Errorf("delete saw the output %q", deleted)
	}
}

func TestLocalUpdateRunsCreateAgainAndCanHideThePreviousOutput(t *testing.T) {
	plugin := plugintest.New(t, "command", Provider())
	inputs := values{"create": `echo "[$PULUMI_COMMAND_STDOUT]"`, "addPreviousOutputInEnv": false}
	command := plugin.MustCreate(localToken, inputs)
	inputs["stdin"] = "changed"
	command.MustUpdate(inputs)
	if got := command.Text("stdout"); got != "[]" {
		t.Errorf("stdout is %q", got)
	}
	inputs["addPreviousOutputInEnv"] = true
	command.MustUpdate(inputs)
	if got := command.Text("stdout"); got != "[[]]" {
		t.Errorf("stdout is %q", got)
	}
}

func TestLocalInterpreterIsAnArgumentVector(t *testing.T) {
	command := plugintest.New(t, "command", Provider()).MustCreate(localToken, values{
		"interpreter": []any{"printf", "%s|%s", "a b"}, "create": "$(touch never)",
	})
	if got := command.Text("stdout"); got != "a b|$(touch never)" {
		t.Errorf("stdout is %q", got)
	}
}

func TestOnlyTriggersReplace(t *testing.T) {
	command := plugintest.New(t, "command", Provider()).MustCreate(localToken,
		values{"create": "true", "triggers": []any{"v1", 2}})
	cases := []struct {
		name   string
		inputs values
		want   map[string]p.DiffKind
	}{
		{"nothing", values{"create": "true", "triggers": []any{"v1", 2}}, map[string]p.DiffKind{}},
		{"triggers", values{"create": "true", "triggers": []any{"v2", 2}}, map[string]p.DiffKind{"triggers": p.UpdateReplace}},
		{"create", values{"create": "false", "triggers": []any{"v1", 2}}, map[string]p.DiffKind{"create": p.Update}},
		{"stdin", values{"create": "true", "stdin": "x", "triggers": []any{"v1", 2}}, map[string]p.DiffKind{"stdin": p.Add}},
	}
	for _, c := range cases {
		got := command.MustDiff(c.inputs)
		if len(got) != len(c.want) {
			t.Errorf("%s: got %v, want %v", c.name, got, c.want)
		}
		for name, kind := range c.want {
			if got[name] != kind {
				t.Errorf("%s: got %v, want %v", c.name, got, c.want)
			}
		}
	}
}

func TestAFailedCommandShowsItsExitCodeAndTheEndOfItsErrors(t *testing.T) {
	_, err := plugintest.New(t, "command", Provider()).TryCreate(localToken, values{
		"create":      `i=0; while [ $i -lt 2000 ]; do echo "line $i" >&2; i=$((i+1)); done; echo "token is $TOKEN" >&2; exit 42`,
		"environment": values{"TOKEN": plugintest.Secret("canary-4711")},
	})
	if err == nil {
		t.Fatal("the command did not fail")
	}
	for _, want := range []string{"exit code 42", "line 1999", "token is [secret]"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the error lacks %q: %v", want, err)
		}
	}
	for _, unwanted := range []string{"canary", "line 0\n", "while"} {
		if strings.Contains(err.Error(), unwanted) {
			t.Errorf("the error holds %q: %v", unwanted, err)
		}
	}
}

func TestOutputsAreSecretWhenAnInputIs(t *testing.T) {
	plugin := plugintest.New(t, "command", Provider())
	secret := plugin.MustCreate(localToken, values{"create": "cat", "stdin": plugintest.Secret("canary")})
	public := plugin.MustCreate(localToken, values{"create": "cat", "stdin": "plain"})
	for _, name := range []string{"stdout", "stderr"} {
		if !secret.State.Get(name).Secret() {
			t.Errorf("%s of a command with a secret input is public", name)
		}
		if public.State.Get(name).Secret() {
			t.Errorf("%s of a command without a secret input is secret", name)
		}
	}
	if !secret.State.Get("stdin").Secret() || secret.State.Get("create").Secret() {
		t.Errorf("stdin must be secret, create not: %#v", secret.State)
	}
}

func TestPreviewRunsNothing(t *testing.T) {
	plugin := plugintest.New(t, "command", Provider())
	file := filepath.Join(t.TempDir(), "made")
	response, err := plugin.Create(p.CreateRequest{Urn: plugintest.URN(localToken), DryRun: true,
		Properties: plugin.MustCheck(localToken, values{"create": "touch " + file})})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(file); !os.IsNotExist(err) {
		t.Errorf("the preview ran the command: %v", err)
	}
	if !response.Properties.Get("stdout").IsComputed() {
		t.Errorf("stdout of the preview is %#v", response.Properties.Get("stdout"))
	}
}

func TestChecksRefuse(t *testing.T) {
	plugin := plugintest.New(t, "command", Provider())
	failures := plugin.Failures(localToken, values{"create": "true", "assetPaths": []any{"*"}})
	if !strings.Contains(failures["assetPaths"], `property "assetPaths" is not implemented`) {
		t.Errorf("got %v", failures)
	}
	failures = plugin.Failures(localToken, values{"create": "true", "logging": "loud"})
	if !strings.Contains(failures["logging"], `found "loud"`) {
		t.Errorf("got %v", failures)
	}
	for _, token := range []string{"command:remote:Command", "command:remote:CopyToRemote"} {
		_, err := plugin.Check(p.CheckRequest{Urn: plugintest.URN(token)})
		if err == nil || !strings.Contains(err.Error(), token) || !strings.Contains(err.Error(), localToken) {
			t.Errorf("%s: got %v", token, err)
		}
	}
}

func TestLoggingNamesTheStreams(t *testing.T) {
	named := func(logging string) *string { return &logging }
	cases := []struct {
		logging        *string
		stdout, stderr bool
	}{
		{nil, true, true},
		{named("stdoutAndStderr"), true, true},
		{named("stdout"), true, false},
		{named("stderr"), false, true},
		{named("none"), false, false},
	}
	for _, c := range cases {
		l := localInputs{Logging: c.logging}
		if l.logs(logStdout) != c.stdout || l.logs(logStderr) != c.stderr {
			t.Errorf("%v: stdout %v, stderr %v", c.logging, l.logs(logStdout), l.logs(logStderr))
		}
	}
}

func TestStreamLogsLineByLineAndTheUnfinishedLast(t *testing.T) {
	var lines []string
	s := &stream{log: func(line string) { lines = append(lines, line) }}
	for _, chunk := range []string{"on", "e\ntwo\nth", "ree"} {
		if _, err := s.Write([]byte(chunk)); err != nil {
			t.Fatal(err)
		}
	}
	if got := strings.Join(lines, ","); got != "one,two" {
		t.Errorf("before the end: %q", got)
	}
	s.finish()
	if got := strings.Join(lines, ","); got != "one,two,three" {
		t.Errorf("after the end: %q", got)
	}
}

func TestCancellingKillsTheWholeProcessGroup(t *testing.T) {
	file := filepath.Join(t.TempDir(), "survivor")
	ctx, cancel := context.WithCancel(context.Background())
	time.AfterFunc(300*time.Millisecond, cancel)
	started := time.Now()
	err := process{
		argv:   []string{"/bin/sh", "-c", "(sleep 2; touch " + file + ") & sleep 60"},
		stdout: &stream{}, stderr: &stream{},
	}.run(ctx)
	if err == nil || !strings.Contains(err.Error(), "cancelled") {
		t.Errorf("got %v", err)
	}
	if took := time.Since(started); took > 2*time.Second {
		t.Errorf("the cancelled command went on for %s", took)
	}
	time.Sleep(2500*time.Millisecond - time.Since(started))
	if _, err := os.Stat(file); !os.IsNotExist(err) {
		t.Error("a descendant of the cancelled command survived")
	}
}

func TestAnOrphanedPluginTakesItsCommandsAlong(t *testing.T) {
	done := make(chan error, 1)
	go func() {
		done <- process{argv: []string{"/bin/sh", "-c", "sleep 60"}, stdout: &stream{}, stderr: &stream{}}.
			run(context.Background())
	}()
	time.Sleep(300 * time.Millisecond)
	KillAll()
	select {
	case err := <-done:
		if err == nil {
			t.Error("the killed command reports success")
		}
	case <-time.After(2 * time.Second):
		t.Error("the command survived")
	}
}

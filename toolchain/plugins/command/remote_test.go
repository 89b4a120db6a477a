package command

import (
	"strings"
	"testing"

	"vpai/toolchain/plugins/internal/plugintest"
)

const remoteToken = "command:remote:Command"

func TestRemoteCommandLivesItsLife(t *testing.T) {
	server := startServer(t)
	plugin := plugintest.New(t, "command", Provider())
	inputs := values{
		"connection":  server.connection(),
		"create":      `cat; echo " $GREETING"`,
		"update":      `echo "before: $PULUMI_COMMAND_STDOUT"`,
		"delete":      `echo deleted >> ` + server.file,
		"stdin":       "quotes ' \" and $HOME",
		"environment": values{"GREETING": "hello"},
	}
	command := plugin.MustCreate(remoteToken, inputs)
	if got, want := command.Text("stdout"), "quotes ' \" and $HOME hello"; got != want {
		t.Errorf("stdout is %q, want %q", got, want)
	}
	if command.State.Get("stdout").Secret() {
		t.Error("the connection's key makes the output secret")
	}
	if !command.State.Get("connection").HasSecrets() {
		t.Error("the connection's key is public in the state")
	}
	if got := command.MustDiff(inputs); len(got) != 0 {
		t.Errorf("unchanged inputs differ: %v", got)
	}
	inputs["stdin"] = "other"
	command.MustUpdate(inputs)
	if got, want := command.Text("stdout"), "before: quotes ' \" and $HOME hello"; got != want {
		t.Errorf("after the update stdout is %q, want %q", got, want)
	}
	command.MustDelete()
	if got := server.written(); got != "deleted\n" {
		t.Errorf("delete wrote %q", got)
	}
}

func TestRemoteLogsInWithPasswordAndEncryptedKey(t *testing.T) {
	server := startServer(t)
	plugin := plugintest.New(t, "command", Provider())
	byPassword := server.connection()
	delete(byPassword, "privateKey")
	byPassword["password"] = plugintest.Secret(serverPassword)
	encrypted := server.connection()
	encrypted["privateKey"] = plugintest.Secret(server.encryptedKey("open sesame"))
	encrypted["privateKeyPassword"] = plugintest.Secret("open sesame")
	for name, connection := range map[string]values{"password": byPassword, "encrypted key": encrypted} {
		command, err := plugin.TryCreate(remoteToken, values{"connection": connection, "create": "echo in"})
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if command.Text("stdout") != "in" {
			t.Errorf("%s: stdout is %q", name, command.Text("stdout"))
		}
	}
}

func TestRemoteStopsAtAnotherHostKeyBeforeLoggingIn(t *testing.T) {
	server := startServer(t)
	connection := server.connection()
	connection["hostKey"] = startServer(t).hostKey()
	// An unlimited number of attempts would go on for ever if the mismatch were taken for a passing trouble.
	connection["dialErrorLimit"] = -1
	_, err := plugintest.New(t, "command", Provider()).TryCreate(remoteToken,
		values{"connection": connection, "create": "echo in"})
	if err == nil || !strings.Contains(err.Error(), "host key mismatch") || !strings.Contains(err.Error(), "SHA256:") {
		t.Errorf("got %v", err)
	}
	if server.logins.Load() != 0 || server.commands.Load() != 0 {
		t.Errorf("%d logins were tried and %d commands run on an unverified host",
			server.logins.Load(), server.commands.Load())
	}
}

func TestRemoteFailureShowsTheExitCodeAndTheEndOfItsErrors(t *testing.T) {
	server := startServer(t)
	_, err := plugintest.New(t, "command", Provider()).TryCreate(remoteToken, values{
		"connection": server.connection(), "create": `echo "canary: $(cat)" >&2; exit 7`,
		"stdin": plugintest.Secret("canary-0815"),
	})
	if err == nil || !strings.Contains(err.Error(), "exit code 7") || !strings.Contains(err.Error(), "canary: [secret]") {
		t.Errorf("got %v", err)
	}
}

func TestRemoteGivesUpAfterDialErrorLimit(t *testing.T) {
	server := startServer(t)
	connection := server.connection()
	connection["user"] = "nobody"
	connection["dialErrorLimit"] = 1
	_, err := plugintest.New(t, "command", Provider()).TryCreate(remoteToken,
		values{"connection": connection, "create": "echo in"})
	if err == nil || !strings.Contains(err.Error(), "failed 2 times") || !strings.Contains(err.Error(), "as nobody") {
		t.Errorf("got %v", err)
	}
}

func TestRemoteNamesARefusedVariable(t *testing.T) {
	server := startServer(t)
	_, err := plugintest.New(t, "command", Provider()).TryCreate(remoteToken, values{
		"connection": server.connection(), "create": "true", "environment": values{"REFUSED": "x"},
	})
	if err == nil || !strings.Contains(err.Error(), "REFUSED") || !strings.Contains(err.Error(), "AcceptEnv") {
		t.Errorf("got %v", err)
	}
}

func TestRemoteDefaultsAreThoseOfTheOfficialProvider(t *testing.T) {
	inputs := plugintest.New(t, "command", Provider()).MustCheck(remoteToken,
		values{"connection": values{"host": "192.0.2.1"}})
	connection := inputs.Get("connection").AsMap()
	for name, want := range map[string]float64{"port": 22, "dialErrorLimit": 10, "perDialTimeout": 15} {
		if got := connection.Get(name); !got.IsNumber() || got.AsNumber() != want {
			t.Errorf("%s is %#v, want %v", name, got, want)
		}
	}
	if got := connection.Get("user"); !got.IsString() || got.AsString() != "root" {
		t.Errorf("user is %#v", got)
	}
}

package watchdog

import (
	"bufio"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

const roleVariable = "WATCHDOG_TEST_ROLE"

// TestMain lets the test binary play the engine (which starts a plugin and waits) and the plugin (which is watched).
func TestMain(m *testing.M) {
	switch os.Getenv(roleVariable) {
	case "engine with a pipe", "engine without":
		plugin := exec.Command(os.Args[0])
		plugin.Env = append(os.Environ(), roleVariable+"=plugin")
		plugin.Stdout = os.Stdout
		if strings.HasSuffix(os.Getenv(roleVariable), "pipe") {
			if _, err := plugin.StdinPipe(); err != nil {
				os.Exit(1)
			}
		}
		if err := plugin.Run(); err != nil {
			os.Exit(1)
		}
	case "plugin":
		EndWithEngine(func() { os.Stdout.WriteString("cleaned up\n") }, func() { time.Sleep(time.Minute) })
		os.Stdout.WriteString(strconv.Itoa(os.Getpid()) + "\n")
		time.Sleep(time.Minute)
	default:
		os.Exit(m.Run())
	}
}

func TestPluginEndsSoonAfterItsEngineIsKilled(t *testing.T) {
	for _, role := range []string{"engine with a pipe", "engine without"} {
		t.Run(role, func(t *testing.T) {
			engine := exec.Command(os.Args[0])
			engine.Env = append(os.Environ(), roleVariable+"="+role)
			stdout, err := engine.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := engine.Start(); err != nil {
				t.Fatal(err)
			}
			output := bufio.NewReader(stdout)
			plugin, err := strconv.Atoi(line(t, output))
			if err != nil {
				t.Fatal(err)
			}
			time.Sleep(2 * pollInterval)
			if !running(plugin) {
				t.Fatal("the plugin ended although its engine still runs")
			}
			if err := engine.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			if got := line(t, output); got != "cleaned up" {
				t.Errorf("before its end the plugin wrote %q", got)
			}
			for deadline := time.Now().Add(2 * time.Second); running(plugin); time.Sleep(20 * time.Millisecond) {
				if time.Now().After(deadline) {
					_ = syscall.Kill(plugin, syscall.SIGKILL)
					t.Fatal("the plugin still runs two seconds after its engine was killed")
				}
			}
		})
	}
}

func line(t *testing.T, output *bufio.Reader) string {
	t.Helper()
	text, err := output.ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(text)
}

// running says whether the process exists and is not a zombie that nobody has reaped yet.
func running(pid int) bool {
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return false
	}
	_, afterName, found := strings.Cut(string(stat), ") ")
	return found && !strings.HasPrefix(afterName, "Z")
}

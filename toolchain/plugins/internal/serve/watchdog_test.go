package serve

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
	case "engine":
		plugin := exec.Command(os.Args[0])
		plugin.Env = append(os.Environ(), roleVariable+"=plugin")
		plugin.Stdout = os.Stdout
		if err := plugin.Run(); err != nil {
			os.Exit(1)
		}
	case "plugin":
		go exitWithParent(os.Getppid(), os.Exit)
		os.Stdout.WriteString(strconv.Itoa(os.Getpid()) + "\n")
		time.Sleep(time.Minute)
	default:
		os.Exit(m.Run())
	}
}

func TestPluginExitsSoonAfterItsEngineIsKilled(t *testing.T) {
	engine := exec.Command(os.Args[0])
	engine.Env = append(os.Environ(), roleVariable+"=engine")
	stdout, err := engine.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := engine.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	plugin, err := strconv.Atoi(strings.TrimSpace(line))
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
	deadline := time.Now().Add(2 * time.Second)
	for running(plugin) {
		if time.Now().After(deadline) {
			_ = syscall.Kill(plugin, syscall.SIGKILL)
			t.Fatal("the plugin still runs two seconds after its engine was killed")
		}
		time.Sleep(20 * time.Millisecond)
	}
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

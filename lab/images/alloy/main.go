// Alloy for the lab: the published runtime and components, under a command line with the commands and flags that the
// platform uses, because the published one compiles every component there is.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/KimMachineGun/automemlimit/memlimit"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/common/version"
	"github.com/spf13/cobra"

	"github.com/grafana/alloy/internal/build"
)

func main() {
	prometheus.MustRegister(build.NewCollector("alloy"))
	root := &cobra.Command{Use: "alloy", Version: version.Print("alloy"), SilenceUsage: true}
	root.SetVersionTemplate("{{ .Version }}\n")
	root.AddCommand(runCommand(), validateCommand())
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := root.ExecuteContext(ctx); err != nil {
		os.Exit(1)
	}
}

func runCommand() *cobra.Command {
	var settings settings
	command := &cobra.Command{
		Use:   "run [flags] path",
		Short: "Run a configuration until the program is told to stop",
		Args:  cobra.ExactArgs(1),
		RunE: func(command *cobra.Command, args []string) error {
			// Without a control group's limit there is nothing to keep to.
			_, _ = memlimit.SetGoMemLimitWithOpts()
			return run(command.Context(), args[0], settings)
		},
	}
	flags := command.Flags()
	flags.StringVar(&settings.listen, "server.http.listen-addr", "127.0.0.1:12345", "Address to listen on for HTTP")
	flags.StringVar(&settings.storage, "storage.path", "data-alloy/", "Directory in which components keep data")
	flags.Bool("disable-reporting", false, "Taken as given: this program never reports its use")
	return command
}

func validateCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "validate file",
		Short: "Load a configuration and run nothing of it",
		Args:  cobra.ExactArgs(1),
		RunE:  func(_ *cobra.Command, args []string) error { return validate(args[0]) },
	}
}

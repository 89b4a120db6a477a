package command

import (
	"fmt"

	p "github.com/pulumi/pulumi-go-provider"
)

type localInputs struct {
	Triggers               *[]any             `pulumi:"triggers,optional" provider:"replaceOnChanges"`
	Create                 *string            `pulumi:"create,optional"`
	Update                 *string            `pulumi:"update,optional"`
	Delete                 *string            `pulumi:"delete,optional"`
	Stdin                  *string            `pulumi:"stdin,optional"`
	Environment            *map[string]string `pulumi:"environment,optional"`
	Logging                *string            `pulumi:"logging,optional"`
	AddPreviousOutputInEnv *bool              `pulumi:"addPreviousOutputInEnv,optional"`
	Dir                    *string            `pulumi:"dir,optional"`
	Interpreter            *[]string          `pulumi:"interpreter,optional"`
}

// output is what a command has written, each stream without its last line break.
type output struct {
	Stdout string `pulumi:"stdout"`
	Stderr string `pulumi:"stderr"`
}

// onUpdate is the command that runs when an input has changed: `update`, or `create` again.
func (l localInputs) onUpdate() *string {
	if l.Update != nil {
		return l.Update
	}
	return l.Create
}

// variables are the environment of the command: the program's own, and what the previous run has written.
func (l localInputs) variables() map[string]string {
	variables := map[string]string{}
	if l.Environment != nil {
		for name, value := range *l.Environment {
			variables[name] = value
		}
	}
	return variables
}

// previousVariables hand the output of the previous run to the next, unless that is switched off.
func (l localInputs) previousVariables(previous output) map[string]string {
	variables := map[string]string{}
	if l.AddPreviousOutputInEnv != nil && !*l.AddPreviousOutputInEnv {
		return variables
	}
	if previous.Stdout != "" {
		variables["PULUMI_COMMAND_STDOUT"] = previous.Stdout
	}
	if previous.Stderr != "" {
		variables["PULUMI_COMMAND_STDERR"] = previous.Stderr
	}
	return variables
}

// The values of `logging`; without one, both streams are logged.
const (
	logNothing = "none"
	logStdout  = "stdout"
	logStderr  = "stderr"
	logBoth    = "stdoutAndStderr"
)

func (l localInputs) logs(stream string) bool {
	return l.Logging == nil || *l.Logging == logBoth || *l.Logging == stream
}

func (l localInputs) check() []p.CheckFailure {
	if l.Logging == nil {
		return nil
	}
	switch *l.Logging {
	case logNothing, logStdout, logStderr, logBoth, "":
		return nil
	}
	return []p.CheckFailure{{Property: "logging", Reason: fmt.Sprintf(
		"logging must be %q, %q, %q or %q, found %q", logNothing, logStdout, logStderr, logBoth, *l.Logging)}}
}

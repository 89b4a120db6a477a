package command

import (
	"context"
	"errors"
	"fmt"
	"strings"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/infer"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"golang.org/x/crypto/ssh"
)

// Remote serves remote.Command: a command on another machine, over SSH.
type Remote struct{}

type remoteInputs struct {
	lifeCycle
	Connection connection `pulumi:"connection" provider:"secret"`
}

type remoteState struct {
	remoteInputs
	output
}

// Annotate gives the official token.
func (c *Remote) Annotate(a infer.Annotator) { a.SetToken("remote", "Command") }

// Check refuses an unknown kind of logging.
func (*Remote) Check(ctx context.Context, req infer.CheckRequest) (infer.CheckResponse[remoteInputs], error) {
	in, failures, err := infer.DefaultCheck[remoteInputs](ctx, req.NewInputs)
	return infer.CheckResponse[remoteInputs]{Inputs: in, Failures: append(failures, in.check()...)}, err
}

// Create runs `create`.
func (*Remote) Create(
	ctx context.Context, req infer.CreateRequest[remoteInputs],
) (infer.CreateResponse[remoteState], error) {
	state := remoteState{remoteInputs: req.Inputs}
	id, err := resource.NewUniqueHex(req.Name, 8, 0)
	if err == nil && !req.DryRun {
		err = state.run(ctx, req.Inputs.Create)
	}
	return infer.CreateResponse[remoteState]{ID: id, Output: state}, err
}

// Update runs `update`, or `create` when there is none.
func (*Remote) Update(
	ctx context.Context, req infer.UpdateRequest[remoteInputs, remoteState],
) (infer.UpdateResponse[remoteState], error) {
	state := remoteState{remoteInputs: req.Inputs, output: req.State.output}
	if req.DryRun {
		return infer.UpdateResponse[remoteState]{Output: state}, nil
	}
	err := state.run(ctx, req.Inputs.onUpdate())
	return infer.UpdateResponse[remoteState]{Output: state}, err
}

// Delete runs `delete`.
func (*Remote) Delete(ctx context.Context, req infer.DeleteRequest[remoteState]) (infer.DeleteResponse, error) {
	return infer.DeleteResponse{}, req.State.run(ctx, req.State.Delete)
}

// WireDependencies makes both outputs secret as soon as any input is, except the connection: the key that opens the
// door says nothing about what is behind it.
func (*Remote) WireDependencies(f infer.FieldSelector, in *remoteInputs, out *remoteState) {
	for _, stream := range []infer.OutputField{f.OutputField(&out.Stdout), f.OutputField(&out.Stderr)} {
		stream.DependsOn(
			f.InputField(&in.Triggers), f.InputField(&in.Create), f.InputField(&in.Update), f.InputField(&in.Delete),
			f.InputField(&in.Stdin), f.InputField(&in.Environment), f.InputField(&in.Connection).Computed())
	}
	wireLifeCycle(f, &in.lifeCycle, &out.lifeCycle)
	f.OutputField(&out.Connection).DependsOn(f.InputField(&in.Connection))
}

// run runs the command, if there is one, and keeps what it writes.
func (s *remoteState) run(ctx context.Context, command *string) error {
	if command == nil {
		return nil
	}
	client, err := s.Connection.dial(ctx)
	if err != nil {
		return err
	}
	defer client.Close()
	session, err := client.NewSession()
	if err != nil {
		return fmt.Errorf("opening an SSH session on %s: %w", s.Connection.address(), err)
	}
	defer session.Close()
	if err := s.setEnvironment(ctx, session); err != nil {
		return err
	}
	if s.Stdin != nil && *s.Stdin != "" {
		session.Stdin = strings.NewReader(*s.Stdin)
	}
	stdout, stderr := newStreams(ctx, s.lifeCycle)
	session.Stdout, session.Stderr = stdout, stderr
	stopWatching := context.AfterFunc(ctx, func() {
		_ = session.Signal(ssh.SIGKILL)
		_ = client.Close()
	})
	err = session.Run(*command)
	stopWatching()
	stdout.finish()
	stderr.finish()
	if err != nil {
		return s.describe(ctx, err, stdout, stderr)
	}
	s.output = output{Stdout: stdout.value(), Stderr: stderr.value()}
	return nil
}

// setEnvironment fails when the host refuses a variable of the program. The previous output is handed over only where
// the host lets it in.
func (s *remoteState) setEnvironment(ctx context.Context, session *ssh.Session) error {
	const advice = "the host's sshd must allow it (AcceptEnv), or the command has to read the value from stdin"
	for name, value := range s.variables() {
		if err := session.Setenv(name, value); err != nil {
			return fmt.Errorf("setting the environment variable %s on %s: %w; %s",
				name, s.Connection.address(), err, advice)
		}
	}
	for name, value := range s.previousVariables(s.output) {
		if err := session.Setenv(name, value); err != nil {
			p.GetLogger(ctx).Debugf("%s is not set on %s (%v); %s", name, s.Connection.address(), err, advice)
		}
	}
	return nil
}

func (s *remoteState) describe(ctx context.Context, err error, stdout, stderr *stream) error {
	var exit *ssh.ExitError
	var missing *ssh.ExitMissingError
	where := s.Connection.address()
	switch {
	case ctx.Err() != nil:
		return failure(ctx, fmt.Sprintf("command on %s was killed because the operation was cancelled (%v)",
			where, ctx.Err()), stdout, stderr)
	case errors.As(err, &exit) && exit.Signal() != "":
		return failure(ctx, fmt.Sprintf("command on %s was killed by signal %s", where, exit.Signal()), stdout, stderr)
	case errors.As(err, &exit):
		return failure(ctx, fmt.Sprintf("command on %s failed with exit code %d", where, exit.ExitStatus()),
			stdout, stderr)
	case errors.As(err, &missing):
		return failure(ctx, fmt.Sprintf("the connection to %s was lost before the command ended", where),
			stdout, stderr)
	}
	return failure(ctx, fmt.Sprintf("command on %s failed (%v)", where, err), stdout, stderr)
}

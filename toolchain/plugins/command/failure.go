package command

import (
	"context"
	"fmt"

	"vpai/toolchain/plugins/internal/redact"
)

// failure describes a failed command by what happened and the end of what it wrote. It does not repeat the command
// itself, whose text may hold secrets; the engine names the resource.
func failure(ctx context.Context, what string, stdout, stderr *stream) error {
	name, tail := "stderr", stderr.tail()
	if tail == "" {
		name, tail = "stdout", stdout.tail()
	}
	if tail == "" {
		return fmt.Errorf("%s; it wrote nothing", what)
	}
	return fmt.Errorf("%s; the end of its %s:\n%s", what, name, redact.Text(ctx, tail))
}

package command

import "github.com/pulumi/pulumi-go-provider/infer"

// wireLifeCycle lets each output that mirrors an input follow it alone.
func wireLifeCycle(f infer.FieldSelector, in, out *lifeCycle) {
	f.OutputField(&out.Triggers).DependsOn(f.InputField(&in.Triggers))
	f.OutputField(&out.Create).DependsOn(f.InputField(&in.Create))
	f.OutputField(&out.Update).DependsOn(f.InputField(&in.Update))
	f.OutputField(&out.Delete).DependsOn(f.InputField(&in.Delete))
	f.OutputField(&out.Stdin).DependsOn(f.InputField(&in.Stdin))
	f.OutputField(&out.Environment).DependsOn(f.InputField(&in.Environment))
	f.OutputField(&out.Logging).DependsOn(f.InputField(&in.Logging))
	f.OutputField(&out.AddPreviousOutputInEnv).DependsOn(f.InputField(&in.AddPreviousOutputInEnv))
}

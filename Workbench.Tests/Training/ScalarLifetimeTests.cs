using Mono.Cecil;
using Mono.Cecil.Cil;
using TorchSharp;
using Workbench.Core.Training;

namespace Workbench.Tests.Training;

/// <summary>
/// A number on its way to libtorch is a <see cref="Scalar"/>, whose finalizer frees it. TorchSharp hands over the bare pointer, so that a
/// number that nothing holds may be freed while libtorch reads it: the trial fails, or its result is silently another (TorchSharp issues
/// 1434 and 1496). So a number is a field, or a local that is disposed of, and nothing of TorchSharp is called that makes one by itself.
/// </summary>
public sealed class ScalarLifetimeTests
{
    private const string Make = "op_Implicit";

    [Fact]
    public void Numbers_for_libtorch_are_held_while_it_reads_them()
    {
        using var resolver = new DefaultAssemblyResolver();
        resolver.AddSearchDirectory(AppContext.BaseDirectory);
        using var torchSharp = ModuleDefinition.ReadModule(typeof(torch).Assembly.Location, new() { AssemblyResolver = resolver });
        using var core = ModuleDefinition.ReadModule(typeof(Pipeline).Assembly.Location, new() { AssemblyResolver = resolver });
        var making = MethodsThatMakeScalars(torchSharp);
        Assert.Contains(making, name => name.Contains("Tensor::add_(TorchSharp.Scalar)", StringComparison.Ordinal));
        Assert.Contains(making, name => name.Contains("Optimizer::step(", StringComparison.Ordinal));

        var faults =
            from method in Methods(core)
            from call in method.Body.Instructions
            let target = call.Operand is MethodReference ? Target(call) : null
            where target is not null && making.Contains(target.FullName)
            where !(target.DeclaringType.Name == nameof(Scalar) && target.Name == Make && IsHeld(method, call.Next))
            select $"{method.DeclaringType.Name}.{method.Name}: {target.Name}";

        Assert.Empty(faults);
    }

    /// <summary>The methods from which the making of a scalar can be reached; for a virtual one, also by one of its overrides.</summary>
    private static HashSet<string> MethodsThatMakeScalars(ModuleDefinition torchSharp)
    {
        var callers = Methods(torchSharp)
            .SelectMany(method => method.Body.Instructions.Where(i => i.Operand is MethodReference)
                .Select(i => (Callee: Target(i)?.FullName, Caller: method.FullName))
                .Concat(Overridden(method).Select(overridden => (Callee: (string?)method.FullName, Caller: overridden.FullName))))
            .ToLookup(edge => edge.Callee, edge => edge.Caller);
        var found = Methods(torchSharp).Where(m => m.IsConstructor && m.DeclaringType.Name == nameof(Scalar)).Select(m => m.FullName).ToHashSet();
        var open = new Queue<string>(found);
        while (open.TryDequeue(out var callee))
        {
            foreach (var caller in callers[callee].Where(found.Add))
            {
                open.Enqueue(caller);
            }
        }
        return found;
    }

    private static IEnumerable<MethodDefinition> Overridden(MethodDefinition method)
    {
        for (var type = method.IsVirtual ? method.DeclaringType.BaseType?.Resolve() : null; type is not null; type = type.BaseType?.Resolve())
        {
            foreach (var other in type.Methods.Where(m => m.IsVirtual && m.Name == method.Name && m.Parameters.Count == method.Parameters.Count))
            {
                yield return other;
            }
        }
    }

    private static bool IsHeld(MethodDefinition method, Instruction next) => next.OpCode.Code switch
    {
        Code.Stfld => true,
        Code.Stloc or Code.Stloc_S or Code.Stloc_0 or Code.Stloc_1 or Code.Stloc_2 or Code.Stloc_3 => method.Body.ExceptionHandlers
            .Any(handler => handler.HandlerType == ExceptionHandlerType.Finally && Local(handler.HandlerStart) == Local(next)),
        _ => false,
    };

    /// <summary>The number of the local that an instruction reads or writes; null for any other instruction.</summary>
    private static int? Local(Instruction instruction) => instruction switch
    {
        { Operand: VariableReference local } => local.Index,
        { OpCode.Code: >= Code.Ldloc_0 and <= Code.Ldloc_3 and var code } => code - Code.Ldloc_0,
        { OpCode.Code: >= Code.Stloc_0 and <= Code.Stloc_3 and var code } => code - Code.Stloc_0,
        _ => null,
    };

    private static MethodDefinition? Target(Instruction call) =>
        ((MethodReference)call.Operand).DeclaringType.Scope.Name.StartsWith("TorchSharp", StringComparison.Ordinal)
            ? ((MethodReference)call.Operand).Resolve()
            : null;

    private static IEnumerable<MethodDefinition> Methods(ModuleDefinition module) =>
        module.GetTypes().SelectMany(type => type.Methods).Where(method => method.HasBody);
}

using Workbench.Core.Platform;
using Workbench.Tests.Studies;

// What tests start as processes of their own, in order to share with them or to kill them. `dotnet test` does not come by here.
switch (args)
{
    // Starts or joins the server, says where it is and holds it until the standard input ends.
    case ["hold-postgres", var folder]:
        return await HoldPostgresAsync(folder);
    // The same, and removes the folder at the end.
    case ["lend-postgres", var folder]:
        var code = await HoldPostgresAsync(folder);
        Directory.Delete(folder, recursive: true);
        return code;
    // Computes the features of MNIST into the folder.
    case ["compute-features", var folder]:
        TestWorkbench.ComputeFeatures(folder);
        Console.WriteLine("done");
        return 0;
    default:
        return 2;
}

static async Task<int> HoldPostgresAsync(string folder)
{
    try
    {
        await using var postgres = await PrivatePostgres.StartAsync(DataDirectory.Open(folder).Path, CancellationToken.None);
        Console.WriteLine(postgres.ConnectionString);
        await Console.In.ReadToEndAsync();
        return 0;
    }
    catch (StartupException e)
    {
        Console.WriteLine(e.Message);
        return 1;
    }
}

using Workbench.Core.Platform;

// What tests start as processes of their own, in order to share with them or to kill them. `dotnet test` does not come by here.
switch (args)
{
    case ["hold-postgres", var folder]:
        // Says where the server is and holds it until its standard input ends.
        try
        {
            await using var postgres = await PrivatePostgres.StartAsync(DataDirectory.Open(folder).Path, CancellationToken.None);
            Console.WriteLine(postgres.ConnectionString);
            Console.In.ReadToEnd();
            return 0;
        }
        catch (StartupException e)
        {
            Console.WriteLine(e.Message);
            return 1;
        }
    default:
        return 2;
}

using Workbench.Commands;

return await WorkbenchCommand.RunAsync(args);

"""The five tables that insight works on, in the shape of the Client Level Data return of every English council."""

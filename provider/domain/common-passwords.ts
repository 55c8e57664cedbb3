/**
 * What people choose when they are asked for a password, without the digits and signs that they put around it:
 * `Soleil2026!` is `soleil`. Folded: no accent, lower case, letters and digits only.
 */
const WORDS = `
  motdepasse monmotdepasse motdepass mdp mdpmdp password passw0rd passwort passe passepartout secret confidentiel
  bonjour bonsoir salut coucou bienvenue welcome hello merci jetaime jtaime iloveyou amour mamour moncoeur monamour
  bisous bisou cheri cherie doudou loulou loulou titi toto tata tutu nono lulu minou minette chouchou poussin
  soleil etoile lune arcenciel papillon fleur rose chocolat caramel vanille bonbon nutella princesse prince
  chien chat chaton lapin lion tigre dauphin cheval licorne dragon loup nounours
  maman papa mamie papy famille enfant bebe maison jardin vacances soleils plage montagne
  france paris marseille lyon toulouse nantes bordeaux lille strasbourg nancy metz rennes nice montpellier
  bretagne alsace lorraine corse reunion guadeloupe martinique normandie picardie provence
  football foot rugby tennis petanque psg om olympique ol asse girondins champion zidane mbappe equipe
  janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre
  lundi mardi mercredi jeudi vendredi samedi dimanche printemps ete automne hiver noel
  admin administrateur administrator root user utilisateur compte gestion comptable comptabilite compta bureau
  entreprise societe travail boulot chef patron direction secretariat accueil login connexion acces espace
  espacesecurise adherent conges congespayes congepaye caisse batiment chantier macon maconnerie charpente
  travaux travauxpublics btp salaire salaires paie declaration siret intemperies chomage
  pokemon naruto starwars superman batman spiderman starwar matrix internet ordinateur azerty qwerty
  letmein monkey sunshine princess master shadow trustno football baseball superstar freedom whatever
  michael jordan jennifer thomas nicolas julien camille marine manon lucas hugo leo emma lea chloe
  changeme changezmoi changemoi provisoire temporaire test testtest essai demo default defaut nouveau
  loulou doudoune liberte egalite fraternite republique marianne revolution napoleon
`;

/** Rows and columns of the keyboards in use, and what follows itself. */
const WALKS = [
  'azertyuiop',
  'qsdfghjklm',
  'wxcvbn',
  'qwertyuiop',
  'asdfghjkl',
  'zxcvbnm',
  'qwertzuiop',
  'abcdefghijklmnopqrstuvwxyz',
  '01234567890123456789',
  'azqswxedcrfvtgbyhn',
  'aqwzsxedcrfvtgbyhnujikolpm',
  'qazwsxedcrfvtgbyhnujmikolp',
  '1a2z3e4r5t6y7u8i9o0p',
  '1q2w3e4r5t6y7u8i9o0p',
];

export const COMMON_PASSWORDS: ReadonlySet<string> = new Set(WORDS.trim().split(/\s+/));

const reversed = (text: string): string => [...text].reverse().join('');

const WALKS_BOTH_WAYS: readonly string[] = WALKS.flatMap((walk) => [walk, reversed(walk)]);

/** At least four neighbours in a row and nothing else, in either direction. `text`: folded. */
export const isKeyboardWalk = (text: string): boolean =>
  text.length >= 4 && WALKS_BOTH_WAYS.some((walk) => walk.includes(text));
